"""What frozen values and settings have in common: how they are compared, hashed, shown and checked.

What `dataclass` writes for each class by itself costs an import about a millisecond per class.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, replace
from enum import StrEnum
from types import UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, get_args, get_origin

from dedup.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


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


class Columns(Value):
    """Base of frozen dataclasses that hold arrays: equal if these are, and not hashable."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        if self.__class__ is not other.__class__:
            return NotImplemented
        return all(_same(getattr(self, name), getattr(other, name)) for name in self._names())


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal; arrays, if all their values are."""
    if hasattr(one, "dtype") and hasattr(other, "dtype"):
        return one.shape == other.shape and bool((one == other).all())
    return bool(one == other)


class LazyMapping(Mapping[str, str]):
    """Names and values made when somebody looks; read-only, hashable, equal to a `dict` of them.

    Most callers of `clean` read the text only; metadata take longer to make than the text.

    >>> said = LazyMapping(lambda: (("author", "Ann Lee"),))
    >>> said["author"], len(said), said == {"author": "Ann Lee"}
    ('Ann Lee', 1, True)
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], tuple[tuple[str, str], ...]]) -> None:
        self._make: Callable[[], tuple[tuple[str, str], ...]] | None = make
        self._made: dict[str, str] = {}

    @classmethod
    def of(cls, pairs: tuple[tuple[str, str], ...]) -> "LazyMapping":
        """One whose names and values are there."""
        return cls(lambda: pairs)

    def _all(self) -> dict[str, str]:
        make = self._make
        if make is not None:
            self._made = dict(make())
            self._make = None
        return self._made

    def __getitem__(self, name: str) -> str:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __hash__(self) -> int:
        return hash(frozenset(self._all().items()))

    def __repr__(self) -> str:
        return repr(self._all())

    def __reduce__(self) -> tuple[Any, ...]:
        return LazyMapping.of, (tuple(self._all().items()),)


class _Signature:
    """The signature of a class by its ``__init__``, for editors and notebooks."""

    def __get__(self, instance: object, owner: type) -> Any:
        import inspect

        signature = inspect.signature(owner.__init__)  # type: ignore[misc]
        return signature.replace(parameters=list(signature.parameters.values())[1:])


class SettingsBase(Value):
    """Base of the settings of a stage: shown by what differs from the defaults, checked by name."""

    __slots__ = ()
    __signature__ = _Signature()

    def __new__(cls, *unnamed: Any, **values: Any) -> Self:
        """Refuse what the dataclass would refuse without saying what it takes, and wrong types."""
        if unnamed:
            raise SettingsError(f"{cls.__name__} takes settings by name: {_names_of(cls)}")
        for name, value in values.items():
            cls._check_value(name, value)
        return super().__new__(cls)

    @classmethod
    def _check_value(cls, name: str, value: Any) -> None:
        """See that there is a setting of a name, and that a value is of its type."""
        stage = cls.__name__.removesuffix("Settings").lower()
        prefix = f"{stage}." if stage else ""
        field = cls.__dataclass_fields__.get(name)
        if field is None:
            elsewhere = " or ".join(_elsewhere(cls, name))
            there = f"did you mean {elsewhere}?" if elsewhere else _names_of(cls)
            owner = "" if elsewhere else f"{stage or 'settings'} has "
            raise SettingsError(f"there is no setting {prefix}{name}; {owner}{there}")
        kinds = kinds_of(field)
        if any(issubclass(kind, StrEnum | frozenset | tuple | SettingsBase) for kind in kinds):
            return  # the class of the stage takes plain values for these, and refuses the wrong
        number = float in kinds and isinstance(value, int)
        if not (isinstance(value, kinds) or number) or isinstance(value, bool) > (bool in kinds):
            names = " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)
            raise SettingsError(f"{prefix}{name} is {value!r}; it must be of type {names}")

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


Settings = TypeVar("Settings", bound=SettingsBase)


def with_values(base: Settings, values: Mapping[str, Any]) -> Settings:
    """Settings with some values replaced, in the settings below them too.

    Raises:
        SettingsError: if there is no setting of a name, or its value is of the wrong type.
    """
    changed = {}
    for name, value in values.items():
        if not isinstance(name, str):
            raise SettingsError(f"there is no setting {name!r}: settings go by their names")
        old = getattr(base, name, None)
        if isinstance(old, SettingsBase):
            if not isinstance(value, Mapping):
                raise SettingsError(f"{name} is a table of settings, not {value!r}")
            value = with_values(old, value)
        elif type(old) is float and type(value) is int:
            value = _as_float(name, value)
        changed[name] = value
    return replace(base, **changed)


def _as_float(name: str, value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        raise SettingsError(f"{name} is a number of {value.bit_length()} bits: too large") from None


def with_toml(base: Settings, path: "str | Path") -> Settings:
    """Settings with those of a TOML file in their place, one table per stage.

    Raises:
        SettingsError: if the file is not there or no TOML, or names a setting that does not exist.
    """
    from pathlib import Path

    try:
        return with_values(base, parsed_toml(Path(path).read_text("utf-8")))
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        raise SettingsError(f"{path}: {error}") from error


def parsed_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text.

    >>> parsed_toml("near.threshold = 0.7")
    {'near': {'threshold': 0.7}}

    Raises:
        SettingsError: if it is no TOML, or too deeply nested to be read.
    """
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of too many digits is a ValueError
        raise SettingsError(f"no TOML that can be read: {error}") from error


def as_stages(settings: Settings) -> None:
    """Make the tables that a settings object was given for its stages the settings of the stages.

    Raises:
        SettingsError: if one is neither.
    """
    for name, field in settings.__dataclass_fields__.items():
        value, kind = getattr(settings, name), field.type
        if not isinstance(kind, type) or isinstance(value, kind):
            continue
        if not isinstance(value, Mapping):
            raise SettingsError(
                f"{name} is {value!r}: give {kind.__name__}(...), or a dict of its settings"
            )
        object.__setattr__(settings, name, with_values(kind(), value))


def _elsewhere(kind: type[SettingsBase], name: str) -> list[str]:
    """The stages below that have a setting of this name, as ``stage.name``."""
    fields = kind.__dataclass_fields__.items()
    return [
        f"{stage}.{name}"
        for stage, field in fields
        if name in getattr(field.type, "__dataclass_fields__", ())
    ]


def _names_of(kind: type[SettingsBase]) -> str:
    return ", ".join(sorted(kind.__dataclass_fields__))


def kinds_of(field: Field[Any]) -> tuple[type, ...]:
    """The types that a setting may have, None among them."""
    kind: Any = field.type
    kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    return tuple(get_origin(one) or one for one in kinds)


class Choice(StrEnum):
    """A setting with few values; it is shown as the plain string that it equals."""

    def __repr__(self) -> str:
        return repr(self.value)
