"""Peak memory, each figure of a process of its own."""

from benchmarks.extractors import PEERS as EXTRACTORS
from benchmarks.extractors import installed
from benchmarks.measure import fresh
from benchmarks.near_peers import NAMES, PEERS
from benchmarks.outcome import Better, Kind, Options, Outcome
from benchmarks.parts.near import SIZES, search

PAGES = {True: 100, False: 400}
_CLEAN = """
from benchmarks.crawl import make_crawl
pages = [page.html.encode() for page in make_crawl(4, {pages} // 4, seed=5)]
pages.append(b"<p>" + b"</p><p>".join(pages) * 20)  # and a long one
{code}
for page in pages:
    extract(page)
"""
_OURS = "from dedup import clean; extract = lambda page: clean(page).text"
_THEIRS = "from benchmarks.extractors import PEERS; extract = PEERS[{tool!r}][1]()"


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome("memory")
    out.absent_tools((*EXTRACTORS, *NAMES), (*installed(), *PEERS))
    pages = PAGES[options.quick]
    peaks = {"dedup": fresh(_CLEAN.format(pages=pages, code=_OURS)).megabytes}
    for tool in installed():
        code = _CLEAN.format(pages=pages, code=_THEIRS.format(tool=tool))
        peaks[tool] = fresh(code).megabytes
    _peaks(out, f"clean {pages} pages and a long one", peaks)
    for size in SIZES[options.quick]:
        tools = ("dedup", *PEERS)
        _peaks(out, f"search {size} texts", {t: search(t, size).megabytes for t in tools})
    return out


def _peaks(out: Outcome, task: str, peaks: dict[str, float]) -> None:
    for tool, megabytes in peaks.items():
        out.put("peak MB of a process", task, tool, megabytes, better=Better.LESS)
    for tool, megabytes in peaks.items():
        if tool != "dedup":
            ratio = megabytes / peaks["dedup"]
            out.put("times smaller than", task, tool, ratio, Kind.RATIO, Better.MORE)
