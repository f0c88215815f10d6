"""How fast pages are cleaned, warm, from the bytes as served to the main text."""

from collections.abc import Mapping
from functools import partial

from benchmarks.outcome import Options, Outcome
from benchmarks.pages import NO_PAGES, folder, load
from benchmarks.suites.extraction import generated
from benchmarks.timing import interleaved
from dedup import clean
from dedup.evaluate.peers import CLEANERS, Extract, cleaners, quietly

SUITE = "speed"
# Every n-th page of these sets is timed.
SAMPLED = {True: {"wcxb": 32, "daniel_zh": 5}, False: {"wcxb": 8, "daniel_zh": 1}}
QUICK = ("trafilatura", "resiliparse")
GATED = {"wcxb": QUICK, "daniel_zh": ("resiliparse",)}  # by set


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    names = QUICK if options.quick else tuple(CLEANERS)
    peers = cleaners(names)
    out.absent_tools(names, peers)
    tools: dict[str, Extract] = {"dedup": lambda html: clean(html).text, **peers}
    timed(out, "generated pages", tools, [page.html for page in generated()], options.rounds)
    for name in options.among(SAMPLED[options.quick]):
        if not folder().is_dir():
            out.absent(f"times faster than / {name}", NO_PAGES)
            continue
        pages = [page.html for page in load(name, SAMPLED[options.quick][name])]
        timed(out, name, tools, pages, options.rounds, GATED[name])
    return out


def timed(
    out: Outcome, task: str, tools: Mapping[str, Extract], pages: list[bytes], rounds: int,
    gated: tuple[str, ...] = (),
) -> None:  # fmt: skip
    """CPU milliseconds per page; the first pass over the pages is for warming up."""

    def all_pages(extract: Extract) -> None:
        for html in pages:
            quietly(extract, html)

    for extract in tools.values():
        for html in pages[:: max(1, len(pages) // 16)]:  # the imports of rare encodings too
            quietly(extract, html)
    times, _ = interleaved({name: partial(all_pages, e) for name, e in tools.items()}, rounds)
    out.time(task, times, len(pages), gated)
    for tool, seconds in times.items():
        milliseconds = 1000 * sorted(seconds)[len(seconds) // 2] / len(pages)
        out.put("CPU milliseconds per page", task, tool, milliseconds)
