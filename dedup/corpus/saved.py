"""Saved references: what they are made of, and whether they can be compared with."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from dedup.config import Settings
from dedup.corpus.optional import require
from dedup.errors import InputError, SettingsError
from dedup.model import Keep
from dedup.near.bands import bands_for

REFERENCE = "reference.json"


class Saved(NamedTuple):
    """A saved reference: its directory, and the files of each of its parts by what they hold."""

    folder: str
    parts: list[dict[str, Any]]


def is_saved(path: str | os.PathLike[str]) -> bool:
    """Whether a directory holds a saved reference."""
    return (Path(path) / REFERENCE).is_file()


def open_saved(folder: str | os.PathLike[str], settings: Settings) -> Saved:
    """Read what a saved reference is made of.

    Raises:
        InputError: if its list is none.
        SettingsError: if it was made with settings that do not compare with these.
    """
    path = Path(folder) / REFERENCE
    try:
        found = require("orjson").loads(path.read_bytes())
        was, parts = found["settings"], found["parts"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is no list of a saved reference: save it again") from error
    now = compared_by(settings)
    if settings.near.keep is not Keep.CLEANEST:
        was, now = ({**each, "near.keep": ""} for each in (was, now))
    for name in sorted(now.keys() | was.keys()):
        if now.get(name) != was.get(name):
            raise SettingsError(
                f"{os.fspath(folder)} was saved with {name} = {was.get(name)!r}, which is "
                f"{now.get(name)!r} here: save it again with these settings, or set them alike"
            )
    return Saved(os.fspath(folder), parts)


def compared_by(settings: Settings) -> dict[str, Any]:
    """The settings that fingerprints depend on, and whether it is told how clean a text is."""
    bands = bands_for(settings.near.lowest, settings.text.slots)
    text = {f"text.{name}": value for name, value in asdict(settings.text).items()}
    cleanest = Keep.CLEANEST.value if settings.near.keep is Keep.CLEANEST else "another"
    return {**text, "bands": bands.bands, "rows": bands.rows, "near.keep": cleanest}
