"""What a run is going to do, what it was started with, and whether it can be resumed."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

from dedup import __version__
from dedup.config import Format, Output, Settings
from dedup.corpus.io.records import Source
from dedup.corpus.io.sources import check_keys, find_sources
from dedup.corpus.optional import require
from dedup.corpus.runtime.files import write_bytes, write_whole
from dedup.corpus.runtime.lock import LOCK
from dedup.corpus.saved import REFERENCE, Saved, is_saved, open_saved
from dedup.errors import SettingsError
from dedup.logs import logger_of

_logger = logger_of("corpus")
_RUN = "run.json"
_STDIN = "stages/stdin"
# Bytes of either end of an input that tell one input from another, beside its size.
_ENDS = 64 << 10


@dataclass(frozen=True, slots=True)
class Plan:
    """The sources of a run, in order; the first ``inputs`` are cleaned, the others compared with.

    Attributes:
        sources: every source.
        inputs: how many of them are inputs.
        settings: the settings of every stage.
        saved: saved references to compare with as well.
    """

    sources: tuple[Source, ...]
    inputs: int
    settings: Settings
    saved: tuple[Saved, ...] = ()

    def name_of(self, source: int) -> str:
        """The name of a source by its number; saved references come after all others."""
        files = len(self.sources)
        return self.sources[source].name if source < files else self.saved[source - files].folder

    def place_of(self, source: int) -> dict[str, str]:
        """The name of a source, and whether it is of the ``inputs`` or of those ``against``."""
        corpus = "inputs" if source < self.inputs else "against"
        return {"source": self.name_of(source), "corpus": corpus}


def make_plan(
    inputs: Sequence[str | os.PathLike[str]],
    against: Sequence[str | os.PathLike[str]],
    settings: Settings,
    out: Path | None = None,
) -> Plan:
    """Find the sources and see that the keys of their records are there.

    Nothing below ``out`` is an input, though it may lie in a directory that is.

    Raises:
        InputError: if an input is missing, of unknown format, or without the keys named.
        SettingsError: if a saved reference was made with other settings.
    """
    first = find_sources(inputs, settings.corpus, out)
    saved = tuple(open_saved(name, settings) for name in against if is_saved(name))
    read = [name for name in against if not is_saved(name)]
    others = find_sources(read, settings.corpus, out) if read else []
    for source in (*first, *others):
        check_keys(source, settings.corpus, settings.keys)
    return Plan((*first, *others), len(first), settings, saved)


def output_format(plan: Plan) -> Output:
    """The format of the corpus: as asked for, or as the first input.

    >>> from dedup.config import DEFAULTS
    >>> plan = Plan((Source("a.jsonl.gz", Format.JSONL, ("a.jsonl.gz",)),), 1, DEFAULTS)
    >>> output_format(plan).value
    'jsonl.gz'
    """
    if plan.settings.corpus.output is not None:
        return plan.settings.corpus.output
    first = plan.sources[0]
    if first.format is Format.PARQUET:
        return Output.PARQUET
    if first.format is Format.JSONL:
        suffix = Path(first.name).suffix.lower()
        return {".gz": Output.JSONL_GZ, ".zst": Output.JSONL_ZST}.get(suffix, Output.JSONL)
    return Output.JSONL


def check_out(root: Path) -> None:
    """See that the directory of a new run holds nothing of somebody else.

    Raises:
        SettingsError: if it does, or is no directory.
    """
    if root.exists() and not root.is_dir():
        raise SettingsError(f"{root} is no directory: name another --out")
    if not root.exists() or (root / _RUN).exists():
        return
    for path in root.rglob("*"):
        if path.is_file() and not _of_a_start(path.relative_to(root)):
            raise SettingsError(
                f"{root} holds files of something else ({path.name}): name a new directory as --out"
            )


def _of_a_start(path: Path) -> bool:
    """Whether a start that was killed before it had written down its plan may have left a file."""
    name = path.as_posix()
    return name == LOCK or name.startswith(f"{_STDIN}.") or path.suffix == ".tmp"


def spool(stream: BinaryIO, root: Path, suffix: str) -> str:
    """Keep standard input as a file, so that the run can be resumed; the file's path."""
    name = f"{_STDIN}.{suffix}"

    def write(file: BinaryIO) -> None:
        while chunk := stream.read(1 << 20):
            file.write(chunk)

    write_whole(root, name, write)
    return str(root / name)


def spooled(root: Path) -> str | None:
    """The path of the standard input kept by an earlier start of this run, or None."""
    found = sorted(root.glob(f"{_STDIN}.*"))
    return str(found[0]) if found else None


def register(plan: Plan, root: Path, resume: bool) -> bool:
    """Write down what the run is made of, or see that nothing has changed since it was.

    Returns:
        Whether the run resumes an earlier start.

    Raises:
        SettingsError: if there is a run already and ``resume`` is not set, or if the settings,
            inputs or version differ from its own; the message names the differences.
    """
    orjson = require("orjson")
    now = orjson.loads(orjson.dumps(_identity(plan), default=sorted))
    path = root / _RUN
    if not path.exists():
        write_bytes(root, _RUN, orjson.dumps(now, option=orjson.OPT_INDENT_2))
        return False
    if not resume:
        raise SettingsError(
            f"{root} holds a run already: resume it with --resume, or name another --out"
        )
    changed = list(differences(orjson.loads(path.read_bytes()), now))
    if changed:
        raise SettingsError(f"{root} was started otherwise: {'; '.join(changed)}")
    _logger.info("resuming the run in %s", root)
    return True


def _identity(plan: Plan) -> dict[str, Any]:
    return {
        "version": __version__,
        "settings": asdict(plan.settings),
        "inputs": {path: _signature(path) for path in _paths(plan.sources[: plan.inputs])},
        "against": {
            path: _signature(path)
            for path in (
                *_paths(plan.sources[plan.inputs :]),
                *(str(Path(saved.folder, REFERENCE)) for saved in plan.saved),
            )
        },
    }


def _paths(sources: Iterable[Source]) -> Iterable[str]:
    return (path for source in sources for path in source.paths)


def _signature(path: str) -> str:
    """Size and both ends of a file. An unreadable one is set aside later; here it has no size."""
    try:
        with Path(path).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            digest = blake2b(file.read(_ENDS), digest_size=8)
            file.seek(max(0, size - _ENDS))
            digest.update(file.read(_ENDS))
    except OSError:
        return "unreadable"
    return f"{size} bytes, {digest.hexdigest()}"


def differences(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> Iterable[str]:
    """What differs between two nested objects, a phrase each.

    >>> list(differences({"near": {"threshold": 0.8}, "a": 1}, {"near": {"threshold": 0.7}}))
    ['a was 1 and is absent', 'near.threshold was 0.8 and is 0.7']
    """
    for key in sorted(old.keys() | new.keys()):
        name = f"{prefix}{key}"
        was, is_ = old.get(key, "absent"), new.get(key, "absent")
        if isinstance(was, Mapping) and isinstance(is_, Mapping):
            yield from differences(was, is_, f"{name}.")
        elif was != is_:
            yield f"{name} was {was} and is {is_}"
