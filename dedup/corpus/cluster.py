"""A run that kept its pairs, clustered anew: another threshold or rule without another run."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from dedup.config import DEFAULTS, Format, Settings
from dedup.corpus.io.records import Source
from dedup.corpus.optional import require
from dedup.corpus.plan import Plan
from dedup.corpus.runtime.files import write_bytes
from dedup.corpus.runtime.lock import locked
from dedup.corpus.runtime.workers import Workers, check_jobs, in_order
from dedup.corpus.saved import Saved
from dedup.corpus.stages.near import (
    SMALL,
    Collection,
    conclude,
    first_reference,
    map_texts,
    ranked,
)
from dedup.corpus.stages.pairs import PAIRS, read_pairs
from dedup.corpus.stages.schema import Key
from dedup.corpus.stages.texts import read_arrays
from dedup.corpus.stages.write import write_outputs
from dedup.errors import SettingsError
from dedup.model import Keep, Label
from dedup.rules import SiteRule
from dedup.values import with_values

PLAN = "stages/plan.json"
_SUMMARY = "summary.json"


def keep_plan(root: Path, plan: Plan, parts: Sequence[Key]) -> None:
    """Write down what a run is made of, for `cluster`."""
    orjson = require("orjson")
    content = {
        "settings": asdict(plan.settings),
        "inputs": plan.inputs,
        "parts": parts,
        "saved": [saved.folder for saved in plan.saved],
        "sources": [
            {"name": source.name, "format": source.format, "paths": source.paths}
            for source in plan.sources
        ],
    }
    write_bytes(root, PLAN, orjson.dumps(content, default=sorted))


def cluster(
    out: str | os.PathLike[str],
    *,
    threshold: float | None = None,
    keep: Keep | str | None = None,
    jobs: int = 1,
) -> dict[str, Any]:
    """Make the clusters and the outputs of a run anew, of the pairs that it kept.

    The run must have been given ``near.floor``. Its outputs are replaced.

    Args:
        out: the directory of the run.
        threshold: the Jaccard similarity from which documents are near-duplicates, at least the
            floor; the run's own by default.
        keep: which document of a cluster is kept; the run's own rule by default.
        jobs: processes that put the outputs together.

    Returns:
        The summary: what ``summary.json`` holds.

    Raises:
        SettingsError: the run kept no pairs, or none of so low a threshold, or did not note what
            the rule goes by.
        RunError: the outputs cannot be written.
    """
    check_jobs(jobs)
    root = Path(out)
    plan, parts = _read_plan(root, threshold, keep)
    with locked(root, shared=False), Workers(jobs, 60.0) as workers:
        prints = read_arrays(root / SMALL)
        reference = first_reference(root, parts, plan)
        documents = Collection(root, parts, plan, prints, map_texts(root, prints), reference)
        compared = ranked(documents)
        pairs = read_pairs(root, prints, compared.ranking, plan.settings.text.shingle)
        conclude(compared, *pairs, jobs)
        counts = write_outputs(
            root,
            parts,
            plan,
            lambda documents: None,
            partial(in_order, workers, jobs),
        )
    orjson = require("orjson")
    write_bytes(root, _SUMMARY, orjson.dumps(counts, option=orjson.OPT_INDENT_2))
    return counts


def _read_plan(
    root: Path, threshold: float | None, keep: Keep | str | None
) -> tuple[Plan, tuple[Key, ...]]:
    if not (root / PAIRS).exists() or not (root / PLAN).exists():
        raise SettingsError(
            f"{root} holds no pairs of a run: run with near.floor (--set near.floor=0.6)"
        )
    content = require("orjson").loads((root / PLAN).read_bytes())
    page = content["settings"]["page"]
    page["rules"] = tuple(map(_rule, page["rules"]))
    settings: Settings = with_values(DEFAULTS, content["settings"])
    if keep == Keep.CLEANEST != settings.near.keep:
        raise SettingsError(
            f"the run in {root} did not note how clean each document is: give another rule, or run "
            "again with near.keep = cleanest"
        )
    if isinstance(threshold, int | float) and threshold < (settings.near.floor or 0):
        raise SettingsError(
            f"threshold {threshold} is below {settings.near.floor}, the floor of the pairs kept in "
            f"{root}: give at least that, or run again with a lower near.floor"
        )
    near: dict[str, Any] = {"threshold": threshold, "keep": keep}
    chosen = {name: value for name, value in near.items() if value is not None}
    settings = with_values(settings, {"near": chosen})
    sources = tuple(
        Source(source["name"], Format(source["format"]), tuple(source["paths"]))
        for source in content["sources"]
    )
    parts = tuple((source, part) for source, part in content["parts"])
    saved = tuple(Saved(folder, []) for folder in content.get("saved", ()))
    return Plan(sources, content["inputs"], settings, saved), parts


def _rule(stored: Mapping[str, Any]) -> SiteRule:
    """A rule of a site as it was written down."""
    pairs = ((selector, Label(label)) for selector, label in stored["selectors"])
    return SiteRule(stored["domain"], tuple(pairs))
