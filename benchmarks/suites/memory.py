"""Peak memory of a process that cleans pages, and of peers that clean the same."""

from benchmarks.outcome import Better, Options, Outcome
from benchmarks.timing import fresh
from dedup.evaluate.peers import CLEANERS, cleaners

SUITE = "memory"
PAGES = {True: 40, False: 100}
_CLEAN = """
from tests.support.crawl import make_crawl
pages = [page.html.encode() for page in make_crawl(4, {pages} // 4, seed=5)]
pages.append(b"<p>" + b"</p><p>".join(pages) * 20)  # and a long one
{code}
for page in pages:
    extract(page)
"""
_OURS = "from dedup import clean; extract = lambda page: clean(page).text"
_THEIRS = "from benchmarks.peers import CLEANERS; extract = CLEANERS[{tool!r}]()"


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    peers = {} if options.quick else cleaners()
    if not options.quick:
        out.absent_tools(CLEANERS, peers)
    task = "cleans pages and a long one"
    codes = {"dedup": _OURS} | {tool: _THEIRS.format(tool=tool) for tool in peers}
    peaks = {
        tool: fresh(_CLEAN.format(pages=PAGES[options.quick], code=code)).megabytes
        for tool, code in codes.items()
    }
    for tool, megabytes in peaks.items():
        out.put("peak MB of a process", task, tool, megabytes, better=Better.LESS)
    for tool in peers:
        ratio = peaks[tool] / peaks["dedup"]
        out.put("times smaller than", task, tool, ratio, better=Better.MORE)
    return out
