"""``dedup run`` on a crawl whose truth is known: text, templates, duplicates, and speed."""

from typing import Any

from benchmarks import pipeline
from benchmarks.outcome import Better, Kind, Options, Outcome

CRAWL = {True: (4, 25), False: (8, 60)}  # hosts and pages of each
SPEED = (2_000, 20_000)  # pages, documents


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome("pipeline")
    hosts, pages = CRAWL[options.quick]
    figures = pipeline.quality(hosts, pages, seed=1, jobs=1)
    for column in ("classifier_alone", "with_templates"):
        name = column.replace("_", " ")
        text = figures[column]
        table = "main text of a crawl"
        out.put(table, "F1", name, text["f1"], Kind.QUALITY, Better.MORE)
        out.put(table, "template found", name, text["template_found"], Kind.QUALITY, Better.MORE)
        out.put(table, "body kept", name, 1 - text["body_lost"], Kind.QUALITY, Better.MORE)
    _duplicates(out, figures["duplicates"])
    if options.quick:
        out.absent("records a CPU second", "only in the full run")
    else:
        for source, row in pipeline.speed(*SPEED, seed=1).items():
            out.put("records a CPU second", source, "dedup", row["records_per_cpu_second"])
    return out


def _duplicates(out: Outcome, found: dict[str, Any]) -> None:
    table = "duplicates in a crawl"
    share = found["duplicates_removed"] / found["duplicates_there"]
    out.put(table, "removed of those there", "dedup", share, Kind.QUALITY, Better.MORE)
    out.put(table, "wrongly removed", "dedup", found["wrongly_removed"], Kind.WORK, Better.LESS)
    for kind, share in found["found_by_kind"].items():
        out.put(table, f"found: {kind}", "dedup", share, Kind.QUALITY, Better.MORE)
