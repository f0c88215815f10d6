"""The format of an index: how postings are laid out, and the header that tells its settings.

The header is written into an index, and checked when it is opened: it tells what makes entries
comparable.
"""

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from dedup.config import Settings, TextSettings
from dedup.errors import DedupError, SketchMismatchError, StoreError
from dedup.near.samples import LONG
from dedup.text.fold import fold_table
from dedup.text.sketch import SAMPLING

# A posting: a key, and below it the number of a document in its segment.
KEY_BITS, NUMBER_BITS = 40, 24
# The lowest bit of the keys that no cap cuts: an id may have been many documents'.
UNCAPPED = 1

# Kinds of keys: the folded text, a band, a sampled shingle, an id. Fine and coarse samples lie in
# the same places: which it is, the hash itself says.
FOLDED, BAND, FINE, COARSE, NAME = range(5)

# A hit: the place of the key in the question, the document's number, what it needs.
HIT_NUMBER, HIT_NEED = 32, 8

# A block: the number of its postings, these in as few bits as they take, and as many bytes behind
# them that eight can be read from any place.
BLOCK_HEAD, BLOCK_TAIL = 4, 8

# A filter has lines of 512 bits, eight for each block; a key sets three bits of one line (a Bloom
# filter in cache lines: Putze, Sanders and Singler 2007).
LINES, LINE_WORDS = 8, 8

FORMAT = 1
# What sketches and postings depend on besides the settings; a change of any makes old ones void.
_SEED = "0x243F6A8885A308D3"
_NEAR = ("threshold", "containment", "excerpt", "cap")


def header(settings: Settings) -> dict[str, Any]:
    """What an index with these settings says of itself."""
    near = asdict(settings.near)
    return {
        "format": FORMAT,
        "text": asdict(settings.text),
        "near": {name: near[name] for name in _NEAR},
        "content": str(settings.index.content),
        "fold": fold_table().version,
        "seed": _SEED,
        "sampling": SAMPLING,
        "long": LONG,
    }


def agree(path: str, stored: bytes, settings: Settings | None, wanted: Settings) -> Settings:
    """The settings to go on with: those of the index, with ``wanted`` for what it leaves open.

    Args:
        path: what the index is called in messages.
        stored: its header.
        settings: those asked for, or None to take the index as it is.
        wanted: the same, or the defaults.

    Raises:
        SketchMismatchError: if others were asked for, or the index was made by another fold.
        StoreError: if the index has another format.
    """
    with damage_told(path):
        there = json.loads(stored)
        if there["format"] != FORMAT:
            raise StoreError(
                f"{path} has format {there['format']}, this version reads {FORMAT}: read it with "
                "the version of dedup that wrote it, or build it anew"
            )
        near = replace(wanted.near, **there["near"])
        taken = replace(
            wanted,
            text=TextSettings(**there["text"]),
            near=near,
            index=replace(wanted.index, content=there["content"]),
        )
    here = header(wanted if settings is not None else taken)
    differing = list(_differences(there, here, ""))
    if differing:
        raise SketchMismatchError(
            f"{path} was made with {'; '.join(f'{n} {a!r} (here {b!r})' for n, a, b in differing)}:"
            " open it with its own settings, or build it anew"
        )
    return taken


def without_password(path: str) -> str:
    """How an index is called in messages: the address of a server without its password.

    >>> without_password("redis://user:secret@example.org:6379/0?db=1")
    'redis://user:***@example.org:6379/0'
    >>> without_password("seen.db")
    'seen.db'
    """
    scheme, mark, rest = path.partition("://")
    if scheme not in ("redis", "rediss", "unix") or not mark:
        return path
    rest = rest.partition("?")[0]  # where a password may stand as well
    login, at, host = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    return f"{scheme}://{user}{':***' if colon else ''}{at}{host}"


@contextmanager
def damage_told(path: str) -> Iterator[None]:
    """Say that an index is damaged where what is stored makes no sense.

    Raises:
        StoreError: instead of what reading such values raises.
    """
    try:
        yield
    except DedupError:
        raise
    except (LookupError, OverflowError, RecursionError, TypeError, ValueError, zlib.error) as error:
        raise StoreError(
            f"{path}: the index is damaged ({error}): restore it, or build it anew"
        ) from error


def _differences(
    there: dict[str, Any], here: dict[str, Any], name: str
) -> Iterator[tuple[str, object, object]]:
    for key in sorted(there.keys() | here.keys()):
        a, b = there.get(key), here.get(key)
        if isinstance(a, dict) and isinstance(b, dict):
            yield from _differences(a, b, f"{name}{key}.")
        elif a != b:
            yield name + key, a, b


def encode(settings: Settings) -> bytes:
    """The header as it is stored."""
    return json.dumps(header(settings), sort_keys=True).encode()
