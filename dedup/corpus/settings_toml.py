"""Settings from words ``stage.name=value``, as the command line takes them."""

from collections.abc import Iterable

from dedup.config import Settings
from dedup.errors import SettingsError
from dedup.values import parsed_toml, with_values


def with_words(base: Settings, words: Iterable[str]) -> Settings:
    """Settings changed by words of the form ``stage.name=value``, the value as in TOML.

    >>> from dedup.config import DEFAULTS
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
            parsed = parsed_toml(f"value = {value}")["value"]
        except SettingsError:
            parsed = value.strip()
        base = with_values(base, {stage: {setting: parsed}})
    return base
