"""Settings from a TOML file or from words ``stage.name=value``, onto `dedup.config.Settings`."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from dedup.config import DEFAULTS, Settings
from dedup.errors import SettingsError


def load_settings(path: str | Path, base: Settings = DEFAULTS) -> Settings:
    """The settings of a TOML file, one table a stage, over those of ``base``.

    Raises:
        SettingsError: if the file is not there or no TOML, or names a setting that does not exist.
    """
    try:
        settings: Settings = with_values(base, tomllib.loads(Path(path).read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    return settings


def with_words(base: Settings, words: Iterable[str]) -> Settings:
    """Settings changed by words of the form ``stage.name=value``, the value as in TOML.

    >>> with_words(DEFAULTS, ["near.threshold=0.7", "keys.text=content"]).keys.text
    'content'

    Raises:
        SettingsError: if a word is not of that form, or names a setting that does not exist.
    """
    for word in words:
        name, equals, value = word.partition("=")
        stage, dot, setting = name.strip().partition(".")
        if not equals or not dot:
            raise SettingsError(f"{word!r} is not of the form stage.name=value")
        try:
            parsed = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            parsed = value.strip()
        base = with_values(base, {stage: {setting: parsed}})
    return base


def with_values(base: Any, values: Mapping[str, Any], prefix: str = "") -> Any:
    """A settings object with some values replaced, in the objects below it too.

    >>> with_values(DEFAULTS, {"near": {"treshold": 0.9}})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    dedup.errors.SettingsError: there is no setting near.treshold; near has cap, ...

    Raises:
        SettingsError: if there is no setting of a name, or its value is of the wrong type.
    """
    known = {field.name: getattr(base, field.name) for field in fields(base)}
    changed = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if key not in known:
            owner = prefix.rstrip(".") or "a settings file"
            raise SettingsError(
                f"there is no setting {name}; {owner} has {', '.join(sorted(known))}"
            )
        old = known[key]
        if is_dataclass(old):
            if not isinstance(value, Mapping):
                raise SettingsError(f"{name} is a table of settings, not {value!r}")
            changed[key] = with_values(old, value, f"{name}.")
        else:
            changed[key] = _converted(name, type(base).__dataclass_fields__[key].type, value)
    return replace(base, **changed)


def _converted(name: str, kind: Any, value: Any) -> Any:
    """The value of a TOML file in the type of its setting; the class of it checks the rest."""
    kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    if any(issubclass(get_origin(one) or one, StrEnum | frozenset | tuple) for one in kinds):
        return value
    if float in kinds and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) not in kinds:
        raise SettingsError(f"{name} is {value!r}; it must be of type {kinds[0].__name__}")
    return value
