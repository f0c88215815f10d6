"""The stage ``near``: the documents of all parts compared, in bounded memory."""

import mmap
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from dedup.columns import Texts
from dedup.config import Contained, Level, Settings
from dedup.corpus.optional import require
from dedup.corpus.plan import Plan
from dedup.corpus.runtime.files import Entry, write_whole
from dedup.corpus.runtime.manifest import Manifest
from dedup.corpus.stages.cleanest import Quality, read_quality
from dedup.corpus.stages.origins import check_sources
from dedup.corpus.stages.pairs import keep_pairs, nearest_pairs
from dedup.corpus.stages.paragraphs import repeated_paragraphs
from dedup.corpus.stages.passages import repeated_passages
from dedup.corpus.stages.schema import Key, part_name, read_table, write_table
from dedup.corpus.stages.similarity import similarity
from dedup.corpus.stages.texts import read_arrays, write_arrays
from dedup.corpus.stages.verdicts import Fate, Verdicts, judge
from dedup.errors import RunError
from dedup.model import Keep
from dedup.near.bands import bands_for
from dedup.near.fingerprints import Fingerprints
from dedup.near.representatives import preferences, rank, seconds
from dedup.near.samples import LONG
from dedup.near.search import Candidates, candidates, clusters_of, verify_candidates
from dedup.near.verify import Verified

VERDICTS = "stages/near/verdicts.arrow"
PARAGRAPHS = "stages/near/paragraphs.arrow"
SMALL = "stages/near/small.npy"
TEXTS = "stages/near/texts.utf8"
_BANDS = "stages/near/bands.u64"
_SAMPLES = "stages/near/samples.u64"
# Arrays of the size of the samples looked at that are held at once where candidates are looked for,
# and other bytes of a document: on 1,000,000 documents of 2 KB this comes to 0.7 GB, where the
# process grew by 0.6 GB.
_COPIES, _OTHER = 2, 200


def compare_parts(
    root: Path, parts: Sequence[Key], plan: Plan, manifest: Manifest, jobs: int
) -> int:
    """Compare all documents and write what becomes of each.

    Fingerprints and texts are mapped from disk; texts are only read where two documents are
    compared.

    Returns:
        The number of documents compared; 0 where that was done before.

    Raises:
        RunError: if the fingerprints do not fit ``settings.corpus.memory``.
    """
    if manifest.whole(VERDICTS) and manifest.whole(PARAGRAPHS):
        return 0
    settings = plan.settings
    prints = load_fingerprints(root, parts, settings.corpus.memory)
    packed = _all_texts(root, parts, prints)
    reference = first_reference(root, parts, plan)
    compared = ranked(Collection(root, tuple(parts), plan, prints, packed, reference))
    lowest = settings.near.lowest
    bands = bands_for(lowest, settings.text.slots)
    found = candidates(prints, compared.ranking, bands, lowest, jobs=jobs, settings=settings)
    # Releases the memory maps.
    small = _without_arrays(prints)
    compared = replace(compared, documents=replace(compared.documents, prints=small))
    del prints
    wide = replace(settings, near=replace(settings.near, threshold=lowest))
    verified = verify_candidates(packed, found, jobs=jobs, settings=wide)
    if settings.near.floor is not None:
        manifest.add(keep_pairs(root, found, verified))
        manifest.add(write_arrays(root, SMALL, small))
    for entry in conclude(compared, found, verified, jobs):
        manifest.add(entry)
    return len(small)


@dataclass(frozen=True, slots=True)
class Collection:
    """The documents of a run, as they are compared.

    Attributes:
        root: the directory of the run.
        parts: the keys of its parts.
        plan: what is done.
        prints: the fingerprints.
        packed: the texts.
        reference: the first document that is only compared with.
    """

    root: Path
    parts: tuple[Key, ...]
    plan: Plan
    prints: Fingerprints
    packed: Texts
    reference: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """The documents in the order in which they would be kept, and how good they are.

    Attributes:
        documents: these.
        ranking: their numbers, the first is kept rather than those after it.
        quality: what ``cleanest`` goes by; None for other rules.
    """

    documents: Collection
    ranking: npt.NDArray[np.int64]
    quality: Quality | None


def ranked(documents: Collection) -> Ranked:
    """Rank the documents by the keep rule."""
    root, parts, settings = documents.root, documents.parts, documents.plan.settings
    prints = documents.prints
    quality = None
    if settings.near.keep is Keep.CLEANEST:
        quality = read_quality(root, parts, prints.tokens)
        preferred = quality.preferred
    else:
        preferred = preferences(settings.near.keep, _order(root, parts, settings), len(prints))
    preferred[documents.reference :] = -np.inf
    return Ranked(documents, rank(prints, documents.packed, preferred), quality)


def conclude(
    compared: Ranked, found: Candidates, verified: Verified, jobs: int
) -> tuple[Entry, Entry]:
    """Give each document its verdict, and write the files of the verdicts."""
    documents, quality = compared.documents, compared.quality
    root, parts, plan = documents.root, documents.parts, documents.plan
    settings, reference = plan.settings, documents.reference
    clusters = clusters_of(verified, found, settings)
    verdicts = judge(
        clusters,
        documents.prints.tokens,
        settings.corpus.contained is Contained.REMOVE,
        reference,
        None if quality is None else quality.grade,
    )
    spans, emptied = _repeats(compared, verdicts, jobs)
    verdicts.fate[emptied] = Fate.REPEATED
    check_sources(root, parts, plan, verdicts, documents.packed)
    report = asdict(clusters.report)
    if settings.near.floor is not None:
        report["threshold"] = settings.near.threshold
        report["nearest"] = nearest_pairs(found, verified, settings.near.threshold)
    table = _verdict_table(verdicts, quality).replace_schema_metadata(
        {
            b"dedup": require("orjson").dumps(report),
            b"similarity": require("orjson").dumps(
                similarity(verified, found.chosen, settings.near)
            ),
        }
    )
    return write_table(root, PARAGRAPHS, spans), write_table(root, VERDICTS, table)


def _repeats(compared: Ranked, verdicts: Verdicts, jobs: int) -> tuple[Any, npt.NDArray[np.int64]]:
    """What the level has taken out of the documents that are kept, and those left empty by it."""
    documents, ranking = compared.documents, compared.ranking
    settings, reference = documents.plan.settings, documents.reference
    texts = _texts(documents.root, documents.parts)
    level = settings.corpus.level
    if level is Level.BLOCK:
        places = np.empty(ranking.size, np.int64)
        places[ranking] = np.arange(ranking.size)
        return repeated_paragraphs(texts, verdicts.fate, places, reference, settings)
    if level is Level.PASSAGE:
        return repeated_passages(
            documents.packed, texts, verdicts.fate, ranking, reference, settings, jobs
        )
    return _no_paragraphs(), np.zeros(0, np.int64)


def load_fingerprints(root: Path, parts: Sequence[Key], memory: int) -> Fingerprints:
    """The fingerprints of all parts in one.

    Band keys and samples, which are most of them, are mapped from files, so that the system can
    take their memory back once they have served.
    """
    paths = [root / part_name("texts", *key, "npy") for key in parts]
    texts = sum(_bands_shape(path)[1] for path in paths)
    rows = _bands_shape(paths[0])[0] if paths else 1
    (root / _BANDS).parent.mkdir(parents=True, exist_ok=True)
    (root / _BANDS).unlink(missing_ok=True)
    bands = _on_disk(root / _BANDS, (rows, texts))
    small: list[Fingerprints] = []
    at = samples = looked_at = 0
    with (root / _SAMPLES).open("wb") as file:
        for path in paths:
            part = read_arrays(path)
            bands[:, at : at + len(part)] = part.bands
            part.samples.tofile(file)
            at += len(part)
            samples += part.samples.size
            looked_at += _looked_at(part)
            need = 8 * _COPIES * looked_at + _OTHER * at
            if need > memory:
                raise RunError(
                    f"comparing takes {need >> 20} MB for the first {at:,} documents alone: raise "
                    "corpus.memory, or run on a part and compare the rest --against it"
                )
            small.append(_without_arrays(part))
    none = np.zeros(0, np.int64)
    counts = [np.diff(part.offsets) for part in small]
    return Fingerprints(
        bands,
        _on_disk(root / _SAMPLES, (samples,)),
        np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate([none, *counts]))]),
        np.concatenate([np.zeros((0, 2), np.uint64), *(part.keys for part in small)]),
        np.concatenate([none, *(part.tokens for part in small)]),
        np.concatenate([none, *(part.sizes for part in small)]),
    )


def _looked_at(prints: Fingerprints) -> int:
    """Samples that candidates are looked for by: all of short texts, a quarter of long ones."""
    counts = np.diff(prints.offsets)
    is_long = prints.tokens >= LONG
    return int(counts[~is_long].sum() + counts[is_long].sum() // 4)


def _without_arrays(prints: Fingerprints) -> Fingerprints:
    """Fingerprints without band keys and samples; a slice of these would keep them in memory."""
    none = np.zeros((len(prints.bands), 0), np.uint64)
    return replace(prints, bands=none, samples=none.reshape(-1)[:0])


def _on_disk(path: Path, shape: tuple[int, ...]) -> npt.NDArray[np.uint64]:
    """An array that lies in a file, which is made if it is not there."""
    if not all(shape):
        return np.zeros(shape, np.uint64)
    mode: Literal["r+", "w+"] = "r+" if path.exists() and path.stat().st_size else "w+"
    return np.asarray(np.memmap(path, np.uint64, mode, shape=shape))


def _bands_shape(path: Path) -> tuple[int, int]:
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        rows, texts = np.lib.format.read_array_header_1_0(file)[0]
    return rows, texts


def _all_texts(root: Path, parts: Sequence[Key], prints: Fingerprints) -> Texts:
    """All texts in one file, mapped."""

    def write(file: Any) -> None:
        for key in parts:
            with (root / part_name("texts", *key, "utf8")).open("rb") as part:
                while chunk := part.read(1 << 20):
                    file.write(chunk)

    write_whole(root, TEXTS, write)
    return map_texts(root, prints)


def map_texts(root: Path, prints: Fingerprints) -> Texts:
    """The texts in the file of all texts, mapped."""
    data = np.zeros(0, np.uint8)
    if (root / TEXTS).stat().st_size:
        with (root / TEXTS).open("rb") as file:
            data = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
    return Texts(data, np.concatenate([np.zeros(1, np.int64), np.cumsum(prints.sizes)]))


def first_reference(root: Path, parts: Sequence[Key], plan: Plan) -> int:
    """The number of documents that are inputs; those after them are only compared with."""
    return sum(
        _bands_shape(root / part_name("texts", source, part, "npy"))[1]
        for source, part in parts
        if source < plan.inputs
    )


def _order(root: Path, parts: Sequence[Key], settings: Settings) -> list[float | None] | None:
    """What documents are kept by: dates as seconds since 1970, or priorities."""
    keep = settings.near.keep
    if keep not in (Keep.EARLIEST, Keep.PRIORITY):
        return None
    column = "date" if keep is Keep.EARLIEST else "priority"
    values: list[float | None] = []
    for key in parts:
        found = read_table(root / part_name("clean", *key), [column])[column].to_pylist()
        values += map(seconds, found) if keep is Keep.EARLIEST else found
    return values


def _texts(root: Path, parts: Sequence[Key]) -> Any:
    """The texts of each part as an Arrow column, one part after the other; can be begun anew."""
    return lambda: (read_table(root / part_name("texts", *key), ["text"])["text"] for key in parts)


def _verdict_table(verdicts: Verdicts, quality: Quality | None) -> Any:
    pa = require("pyarrow")
    why: list[str] = [""] * len(verdicts.fate)
    if quality is not None:
        for gone in np.flatnonzero(np.isin(verdicts.fate, (Fate.EXACT, Fate.NEAR))).tolist():
            why[gone] = quality.why(int(verdicts.partner[gone]), gone)
    return pa.table(
        {
            "why": pa.array(why, pa.string()),
            "fate": verdicts.fate,
            "partner": verdicts.partner,
            "jaccard": verdicts.jaccard,
            "containment": verdicts.containment,
            "partner_containment": verdicts.partner_containment,
        }
    )


def _no_paragraphs() -> Any:
    pa = require("pyarrow")
    return pa.table(
        {name: pa.array([], pa.int64()) for name in ("document", "start", "end", "partner")}
    )
