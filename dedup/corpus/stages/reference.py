"""A corpus that is read once and compared with often: what a later run needs of it."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dedup.config import Settings
from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry, checksum_of, new_file, write_bytes
from dedup.corpus.runtime.manifest import Manifest
from dedup.corpus.saved import REFERENCE, Saved, compared_by
from dedup.corpus.stages.output import REJECTED_COLUMNS, rejects
from dedup.corpus.stages.schema import Key, part_name, read_table, write_table
from dedup.errors import RunError

_FOLDER = "reference"
_REJECTED = "rejected.jsonl"
# What is kept of a record: what it is called, where it is from, and by what it would be kept.
_COLUMNS = ["row", "id", "url", "origin", "date", "priority", "confidence", "titles"]
# The files of a part: the stage and the ending, and the stage that they serve in a later run.
_FILES = {
    "records": ("arrow", "clean"),
    "texts": ("arrow", "texts"),
    "packed": ("utf8", "texts"),
    "prints": ("npy", "texts"),
}


def save_reference(
    root: Path, parts: Sequence[Key], names: Sequence[str], settings: Settings, manifest: Manifest
) -> dict[str, Any]:
    """Keep what a later run needs of each part, and list it once all of it is there.

    Args:
        root: the directory of the run.
        parts: the keys of its files of the stages ``clean`` and ``texts``.
        names: the names of the sources.
        settings: those of the run.
        manifest: which files are whole.

    Returns:
        The counts for the summary.
    """
    orjson = require("orjson")
    listed: list[dict[str, Any]] = []
    records = rejected = 0
    with new_file(root, _REJECTED) as bad:
        for number, key in enumerate(parts):
            cleaned = read_table(root / part_name("clean", *key), [*_COLUMNS, "place", "rejected"])
            rows = cleaned.filter(cleaned["rejected"].is_valid())
            for line in rejects(rows.select(list(REJECTED_COLUMNS)).to_pylist(), names[key[0]]):
                bad.write(orjson.dumps(line) + b"\n")
            records, rejected = records + len(cleaned), rejected + len(rows)
            entry = write_table(root, _name("records", number), cleaned.select(_COLUMNS))
            files = {"records": (entry.size, entry.checksum)}
            for what in ("texts", "packed", "prints"):
                ending, stage = _FILES[what]
                source = root / part_name(stage, *key, ending)
                _link(source, root / _name(what, number))
                files[what] = checksum_of(source)
            listed.append(files)
    manifest.note("reference", len(listed))
    found = {"settings": compared_by(settings), "parts": listed}
    write_bytes(root, REFERENCE, orjson.dumps(found))
    return {
        "records": records,
        "rejected": rejected,
        "reference": len(listed),
        "files": [REFERENCE, _FOLDER, _REJECTED],
    }


def _name(what: str, number: int) -> str:
    return f"{_FOLDER}/{what}-{number:06d}.{_FILES[what][0]}"


def adopt(root: Path, saved: Sequence[Saved], first: int, manifest: Manifest) -> list[Key]:
    """Put the files of saved references where those of the stages are; their keys, in order.

    Args:
        root: the directory of the run.
        saved: the references.
        first: the number of the source that the first of them counts as.
        manifest: lists the files that are there, with the checksums of the reference: a run is not
            resumed on a file that has changed.

    Raises:
        RunError: if one of their files is not there, or cannot be linked or copied.
    """
    keys: list[Key] = []
    for source, reference in enumerate(saved, first):
        for number, files in enumerate(reference.parts):
            keys.append((source, number))
            for what, (ending, stage) in _FILES.items():
                name = part_name(stage, source, number, ending)
                if not manifest.whole(name):
                    _link(Path(reference.folder) / _name(what, number), root / name)
                    manifest.add(Entry(name, *files[what]))
    return keys


def _link(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system has no links.

    Stage files are never changed once they have their names, so that both stay what they are.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:
            temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
            shutil.copyfile(source, temporary)
            temporary.replace(target)
    except OSError as error:
        raise RunError(
            f"cannot link or copy {source} to {target}: {error.strerror}: then resume with --resume"
        ) from error
