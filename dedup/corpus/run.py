"""From a crawl to a corpus: clean, templates, texts, near, write; each stage can be resumed."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from dedup.config import DEFAULTS, RUN_MAX_BYTES, Format, Given, Mode, Settings, settings_of
from dedup.corpus.cluster import keep_plan
from dedup.corpus.io.chunks import chunks, input_bytes
from dedup.corpus.optional import require
from dedup.corpus.plan import Plan, check_out, make_plan, register, spool, spooled
from dedup.corpus.runtime.lock import LOCK, locked
from dedup.corpus.runtime.manifest import Manifest
from dedup.corpus.runtime.progress import Report, Watch, silent
from dedup.corpus.runtime.workers import Task, Workers, check_jobs, here, in_order
from dedup.corpus.stages.clean import CleanTask
from dedup.corpus.stages.near import compare_parts
from dedup.corpus.stages.reference import adopt, save_reference
from dedup.corpus.stages.schema import Key, part_name, template_name
from dedup.corpus.stages.templates import TemplateTask
from dedup.corpus.stages.texts import TextPart, TextsTask
from dedup.corpus.stages.write import write_outputs
from dedup.errors import InputError, RunError, SettingsError
from dedup.logs import logger_of

_logger = logger_of("corpus")
_SUMMARY = "summary.json"
# Fingerprints in one share of the templates: small enough for some processes to have one each.
_SHARE = 500_000


@dataclass(frozen=True, slots=True)
class Job:
    """One start of a run.

    Attributes:
        plan: what is done.
        root: the directory of the run.
        jobs: processes.
        workers: these.
        manifest: which files are whole.
        watch: counts and times, stage by stage.
        rank: the number of this process group in a job array.
        world_size: the number of groups; those above one only clean.
    """

    plan: Plan
    root: Path
    jobs: int
    workers: Workers
    manifest: Manifest
    watch: Watch
    rank: int = 0
    world_size: int = 1

    def map(self, task: Task, payloads: Sequence[Any]) -> Iterator[Any]:
        """Do what cannot go wrong: with one process right here, which spares a start of another."""
        if self.jobs > 1:
            yield from (answer for _, answer in self.workers.map(task, enumerate(payloads)))
        else:
            yield from here(task, payloads)


def run(
    inputs: Sequence[str | os.PathLike[str]] | str | os.PathLike[str],
    out: str | os.PathLike[str],
    settings: Given = DEFAULTS,
    *,
    against: Sequence[str | os.PathLike[str]] = (),
    jobs: int = 1,
    resume: bool = False,
    share: tuple[int, int] = (0, 1),
    report: Report = silent,
) -> dict[str, Any]:
    """Turn crawled pages or documents into a clean, unique corpus.

    Records that cannot be read, and pages that kill or hang a worker, are set aside in
    ``rejected.jsonl`` with place and reason; they never end the run. What ends it (a full disk) is
    a `RunError`; all that is whole is kept, and ``resume=True`` continues from there to the very
    bytes that an undisturbed run would have written.

    Args:
        inputs: files, directories and globs; ``-`` for JSON lines from standard input.
        out: the directory for the corpus, ``summary.json`` and ``rejected.jsonl``.
        settings: the settings of every stage; ``settings.corpus`` are those of the run itself.
            Pages over ``settings.page.max_bytes`` are set aside; here it is 50 MB unless set.
        against: other corpora, or runs of the mode ``reference``: what they hold is left out.
        jobs: worker processes.
        resume: continue the run that was begun in ``out``; settings and inputs must be the same.
        share: for a job array over one directory ``out``: the rank of this job, and the number of
            jobs. Each cleans its share of the records; when all have, a run with ``resume=True``
            and without a share does the rest.
        report: called with a `Progress` now and then.

    Returns:
        The summary: what ``summary.json`` holds.

    Raises:
        InputError: an input is missing, or a key is in none of its records.
        SettingsError: a setting makes no sense, or does not fit the run begun in ``out``.
        RunError: the run cannot go on for now.
    """
    check_jobs(jobs)
    rank, world_size = share
    if not 0 <= rank < world_size:
        raise SettingsError(f"rank {rank} is not among 0 to {world_size - 1} (world size)")
    inputs = [inputs] if isinstance(inputs, str | os.PathLike) else inputs
    settings = with_bound(settings_of(settings))
    root = Path(out)
    begun = world_size > 1 or resume
    check_out(root)
    plan = make_plan(_without_stdin(inputs, root, begun, settings), against, settings, root)
    name = "manifest.jsonl" if world_size == 1 else f"manifest-{rank}-of-{world_size}.jsonl"
    with locked(root, shared=world_size > 1):
        if register(plan, root, begun) and (root / _SUMMARY).exists():
            summary: dict[str, Any] = require("orjson").loads((root / _SUMMARY).read_bytes())
            _clear(root, settings.near.floor is not None)
            return summary
        with _swept(root, world_size), Workers(jobs, settings.corpus.page_seconds) as workers:
            watch = Watch(report, lambda: workers.cpu_seconds)
            job = Job(plan, root, jobs, workers, Manifest(root, name), watch, rank, world_size)
            return _stages(job)


def with_bound(settings: Settings) -> Settings:
    """The settings with a bound on the size of pages: one page may not take all the memory.

    Raises:
        SettingsError: if a rule of a site has a selector that nothing can be looked for by.
    """
    if settings.page.rules:
        from dedup.page.classify.site_rules import check_selectors

        check_selectors(settings.page.rules)
    if settings.page.max_bytes is not None:
        return settings
    return replace(settings, page=replace(settings.page, max_bytes=RUN_MAX_BYTES))


def _stages(job: Job) -> dict[str, Any]:
    with job.watch.stage("clean", "bytes"):
        parts = _clean(job)
    if job.world_size > 1:
        return {"rank": job.rank, "world_size": job.world_size, "parts": len(parts)}
    with job.watch.stage("templates", "shares"):
        templates = _templates(job, parts)
    with job.watch.stage("texts", "parts"):
        _texts(job, parts, templates)
    if job.plan.settings.corpus.mode is Mode.REFERENCE:
        names = [source.name for source in job.plan.sources]
        with job.watch.stage("write", "parts"):
            kept = save_reference(job.root, parts, names, job.plan.settings, job.manifest)
        return _finish(job, kept)
    parts += adopt(job.root, job.plan.saved, len(job.plan.sources), job.manifest)
    if job.plan.settings.near.floor is not None:
        keep_plan(job.root, job.plan, parts)
    with job.watch.stage("near", "documents"):
        job.watch.step(compare_parts(job.root, parts, job.plan, job.manifest, job.jobs))
    with job.watch.stage("write", "documents"):
        do = partial(in_order, job.workers, job.jobs)
        counts = write_outputs(job.root, parts, job.plan, job.watch.step, do)
    return _finish(job, counts)


def _without_stdin(
    inputs: Sequence[str | os.PathLike[str]], root: Path, begun: bool, settings: Settings
) -> list[str | os.PathLike[str]]:
    """The inputs, standard input replaced by a file that keeps it for a second start."""
    if "-" not in [os.fspath(name) for name in inputs]:
        return list(inputs)
    kept = spooled(root) if begun else None
    if kept is None:
        if (root / "run.json").exists():
            raise InputError("standard input cannot be read again: name another --out")
        kept = spool(sys.stdin.buffer, root, settings.corpus.input or Format.JSONL)
    return [kept if os.fspath(name) == "-" else name for name in inputs]


@contextmanager
def _swept(root: Path, world_size: int) -> Iterator[None]:
    """Remove unfinished files of a killed run, and at the end those of workers that were ended.

    Other ranks may be at work on theirs.
    """

    def sweep() -> None:
        if world_size == 1:
            for leftover in root.rglob(".*.tmp"):
                leftover.unlink(missing_ok=True)

    sweep()
    try:
        yield
    finally:
        sweep()


def _clean(job: Job) -> list[Key]:
    """Stage one: every record to blocks with labels. Returns the keys of its files, in order."""
    counts: dict[int, int] = {}
    job.watch.expect(sum(input_bytes(source) for source in job.plan.sources))
    for read, entry in job.workers.map(
        CleanTask(str(job.root), job.plan.settings), _chunks_to_clean(job, counts)
    ):
        job.manifest.add(entry)
        job.watch.step(read)
    for source, parts in counts.items():
        if job.manifest.fact(f"parts of {source}") is None:
            job.manifest.note(f"parts of {source}", parts)
    return [
        (source, part)
        for source in range(len(job.plan.sources))
        for part in range(job.manifest.fact(f"parts of {source}") or 0)
    ]


def _chunks_to_clean(job: Job, counts: dict[int, int]) -> Iterator[tuple[int, Any]]:
    """The chunks that are not yet cleaned and fall to this rank, each after the bytes it took."""
    sources = job.plan.sources
    by_source = len(sources) >= job.world_size
    for number, source in enumerate(sources):
        known = job.manifest.fact(f"parts of {number}")
        if by_source and number % job.world_size != job.rank:
            continue
        if known is not None and all(
            job.manifest.whole(part_name("clean", number, part)) for part in range(known)
        ):
            continue
        parts = 0
        for chunk in chunks(number, source, job.plan.settings.corpus):
            parts += 1
            ours = by_source or chunk.part % job.world_size == job.rank
            if ours and not job.manifest.whole(part_name("clean", number, chunk.part)):
                yield chunk.read, chunk
        counts[number] = parts


def _templates(job: Job, parts: Sequence[Key]) -> list[str]:
    """Stage two: the templates of every host. Returns the names of their files."""
    settings = job.plan.settings
    cleaned = [part_name("clean", *key) for key in parts]
    shares = job.manifest.fact("template shares")
    if shares is None:
        blocks = sum(_facts(job.root / name)["blocks"] for name in cleaned)
        # Each block has up to three fingerprints; a share must fit the bound. The number may not
        # depend on the number of processes, or a resumed run could not use its files.
        shares = -(-3 * blocks // min(settings.templates.entries, _SHARE))
        job.manifest.note("template shares", shares)
    names = [template_name(share) for share in range(shares)]
    job.watch.expect(shares)
    todo = [share for share, name in enumerate(names) if not job.manifest.whole(name)]
    task = TemplateTask(str(job.root), settings, tuple(cleaned), shares)
    for entry in job.map(task, todo):
        job.manifest.add(entry)
        job.watch.step(1)
    return names


def _facts(path: Path) -> dict[str, Any]:
    with require("pyarrow.ipc", "pyarrow").open_file(str(path)) as reader:
        facts: dict[str, Any] = require("orjson").loads(reader.schema.metadata[b"dedup"])
    return facts


def _texts(job: Job, parts: Sequence[Key], templates: Sequence[str]) -> None:
    """Stage three: templates out of the pages, texts together, fingerprints taken."""
    todo = [
        key
        for key in parts
        if not all(
            job.manifest.whole(part_name("texts", *key, suffix))
            for suffix in ("arrow", "utf8", "npy")
        )
    ]
    job.watch.expect(len(todo))
    part: TextPart
    task = TextsTask(str(job.root), job.plan.settings, tuple(templates), job.plan.inputs)
    for part in job.map(task, todo):
        for entry in (part.table, part.packed, part.prints):
            job.manifest.add(entry)
        job.watch.step(1)


def _finish(job: Job, counts: dict[str, Any]) -> dict[str, Any]:
    """Write the summary, and remove the stage files, which have served."""
    orjson = require("orjson")
    times = job.watch.times()
    seconds = sum(stage["seconds"] for stage in times.values())
    summary = {**counts, "time": times, "records_per_second": round(counts["records"] / seconds, 1)}
    if summary["rejected"]:
        told = summary["rejected"], summary["records"], job.root
        _logger.info("%d of %d records were set aside: see rejected.jsonl in %s", *told)
    path = job.root / _SUMMARY
    temporary = path.with_name(f".{_SUMMARY}.tmp")
    try:
        temporary.write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2))
        temporary.replace(path)
    except OSError as error:
        raise RunError(
            f"cannot write {path}: {error.strerror}: then resume with --resume"
        ) from error
    _clear(job.root, job.plan.settings.near.floor is not None)
    return summary


def _clear(root: Path, keep_pairs: bool) -> None:
    """Remove the stage files of a run that is whole, but for those that `cluster` reads."""
    if keep_pairs:
        for pattern in ("near/*.u64", "texts/*.utf8", "templates/*"):
            for left in (root / "stages").glob(pattern):
                left.unlink()
        return
    for folder, _, files in os.walk(root / "stages", topdown=False):
        for file in files:
            if Path(folder) / file != root / LOCK:  # held by this very process
                (Path(folder) / file).unlink()
        with suppress(OSError):  # the lock is in it
            Path(folder).rmdir()
    for manifest in root.glob("manifest*.jsonl"):
        manifest.unlink()
