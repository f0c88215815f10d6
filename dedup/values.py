"""What frozen values and settings have in common: how they are compared, hashed, shown and checked.

What `dataclass` writes for each class by itself costs an import about a millisecond per class.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from dedup.errors import SettingsError


class Value:
    """Base of frozen dataclasses made with ``eq=False, repr=False``: equal if their fields are.

    As in dataclasses, objects of different classes differ, ``field(hash=False)`` leaves a field out
    of the hash, ``field(repr=False)`` out of what is shown.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __eq__(self, other: object) -> bool:
        if self.__class__ is not other.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._names())

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, f.name) for f in self._fields() if f.hash is not False))

    def __repr__(self) -> str:
        shown = (f"{f.name}={getattr(self, f.name)!r}" for f in self._fields() if self._shows(f))
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def _names(self) -> Any:
        return self.__dataclass_fields__.keys()

    def _fields(self) -> Any:
        return self.__dataclass_fields__.values()

    def _shows(self, field: Field[Any]) -> bool:
        return field.repr


class LateValue(Value):
    """Base of values some of whose fields may be found only when somebody looks at them."""

    __slots__ = ("_late",)

    def later(self, **fields: Callable[[], Any]) -> Self:
        """Find these fields when somebody looks at them; for the one that has just made the value.

        >>> from dedup.model import Page, SourceKind
        >>> page = Page("", (), "", SourceKind.TEXT, "utf-8").later(title="A storm".upper)
        >>> page.title, page == Page("A STORM", (), "", SourceKind.TEXT, "utf-8")
        ('A STORM', True)
        """
        for name in fields:
            object.__delattr__(self, name)
        object.__setattr__(self, "_late", fields)
        return self

    if not TYPE_CHECKING:  # unknown attributes stay errors

        def __getattr__(self, name: str) -> Any:
            """Called for a field without a value."""
            try:
                find = object.__getattribute__(self, "_late")[name]
            except (AttributeError, KeyError):
                message = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(message, name=name, obj=self) from None
            found = find()
            object.__setattr__(self, name, found)
            return found


class SettingsBase(Value):
    """Base of the settings of a stage: shown by what differs from the defaults, checked by name."""

    __slots__ = ()

    def _shows(self, field: Field[Any]) -> bool:
        default = field.default
        if default is MISSING and field.default_factory is not MISSING:
            default = field.default_factory()
        return bool(getattr(self, field.name) != default)

    def _choose(self, stage: str, **kinds: type[StrEnum]) -> None:
        """Turn the plain strings of fields into their enums."""
        for name, kind in kinds.items():
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, kind(value))
            except ValueError:
                raise SettingsError(
                    f"{stage}.{name} is {value!r}: set it to one of {', '.join(kind)}"
                ) from None

    def _check_least(self, stage: str, **least: float) -> None:
        """See that fields are numbers of at least the size given."""
        for name, bound in least.items():
            value = getattr(self, name)
            if not isinstance(value, int | float) or not value >= bound:
                raise SettingsError(f"{stage}.{name} is {value!r}: set it to {bound} or more")

    def _check_shares(self, stage: str, *names: str) -> None:
        """See that fields are shares, above 0 and up to 1."""
        for name in names:
            share = getattr(self, name)
            if not isinstance(share, int | float) or not 0 < share <= 1:
                raise SettingsError(f"{stage}.{name} is {share!r}: set it above 0, up to 1")


class Choice(StrEnum):
    """A setting with few values; it is shown as the plain string that it equals."""

    def __repr__(self) -> str:
        return repr(self.value)
