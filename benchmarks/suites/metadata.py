"""How often title, authors and date of a page are right, beside trafilatura and turbohtml.

The pages of fundus, whose JSON-LD tells the truth and is hidden from the tools, and pages that were
read by eye (``metadata.jsonl``).

A title is right if it is the truth's, quotes, dashes, case, white space and the name of the site
behind it apart; "title or heading" also takes the page's only h1, which JSON-LD at times differs
from (a headline for search engines, or one that was changed later). A date is right
if the day is. Authors are right if they are the same persons; agencies and newsrooms are no
persons, pages whose truth names none are left out. One column counts the pages where at least one
author is right and none is wrong.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.outcome import Better, Kind, Options, Outcome, share
from benchmarks.pages import NO_PAGES, folder
from dedup.page.clean import clean
from dedup.page.metadata.schema import read_article
from dedup.page.source.decode import decode

SUITE = "metadata"
TABLE = "share of pages that are right"
READ_FILE = Path(__file__).parent / "metadata.jsonl"
_JSON_LD = re.compile(
    r"<script\b[^>]*application/ld\+json[^>]*>.*?</script\s*>", re.DOTALL | re.IGNORECASE
)
_JSON_LD_TEXT = re.compile(
    r"<script\b[^>]*application/ld\+json[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE
)
# Authors of the truth that are no persons: agencies, newsrooms, the site itself.
_NO_PERSON = re.compile(
    r"\b(?:dpa|afp|apa|ap|sid|epd|efe|ansa|reuters|rnd|pti|ians)\b|associated press|"
    r"presse-?agentur|redaktion|redacc|redazione|redak|news|online|agenc|staff|desk|team|editor|zeitung|press|"
    r"\.\w{2,3}$|[@\d]|post$|times|digital|shimbun|新聞|編集|daily|echos|focus|stern|kicker",
    re.IGNORECASE,
)
_SITE_BEHIND = re.compile(r"\s[-|]\s[^-|]{3,20}$")
_HEADING = re.compile(r"<h1\b[^>]*>(.*?)</h1", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_SPLIT = re.compile(r"\s*[;,|/&]\s*|\s+(?:and|und|y|et|e|og|och)\s+")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of one page: by the truth, or by a tool. None: not known, or not asked for."""

    title: str | None = None
    authors: frozenset[str] | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A page and the truth about it; more than one title may be right."""

    name: str
    url: str
    html: str
    titles: tuple[str, ...]
    authors: frozenset[str] | None
    date: str
    headings: tuple[str, ...] = ()


Tool = Callable[[str, str], Facts]


def plain(text: str) -> str:
    """A text for comparing: letters and digits.

    >>> plain("“New” library") == plain('"new" Library')
    True
    """
    return "".join(filter(str.isalnum, text.casefold()))


def persons(names: Iterator[str] | list[str] | tuple[str, ...], site: str = "") -> frozenset[str]:
    """The persons among authors, for comparing."""
    found = set()
    for text in names:
        for name in _SPLIT.split(re.sub(r"\(.*?\)", "", text)):
            key = plain(name)
            if len(key) > 1 and not _NO_PERSON.search(name.strip()) and key not in plain(site):
                found.add(key)
    return frozenset(found)


def pages(name: str) -> Iterator[tuple[str, str, str]]:
    """Name, address and source of the pages of a set."""
    table = pq.read_table(
        folder() / "extraction" / f"{name}.parquet", columns=["id", "url", "html"]
    )
    for row in table.to_pylist():
        yield f"{name}:{row['id']}", row["url"] or "", decode(row["html"]).text


def hidden_cases() -> Iterator[Case]:
    """The pages of fundus whose JSON-LD tells the truth."""
    for name, url, html in pages("fundus"):
        article = read_article(_JSON_LD_TEXT.findall(html))
        if not article.headline or not article.published:
            continue
        authors = persons(article.people, article.site)
        yield Case(
            name,
            url,
            _JSON_LD.sub("", html),
            (article.headline, _SITE_BEHIND.sub("", article.headline)),
            authors or None,
            article.published,
            tuple(_TAG.sub("", text) for text in _HEADING.findall(html)),
        )


def read_cases() -> Iterator[Case]:
    """The pages whose truth was read by eye."""
    rows = [json.loads(line) for line in READ_FILE.read_text("utf-8").splitlines()]
    truth = {row["page"]: row for row in rows}
    for collection in sorted({row["page"].partition(":")[0] for row in rows}):
        for name, url, html in pages(collection):
            if name in truth:
                row = truth[name]
                authors = None if row["authors"] is None else persons(row["authors"])
                yield Case(name, url, html, tuple(row["titles"]), authors, row["date"])


def ours(html: str, url: str) -> Facts:
    """What `clean` says."""
    page = clean(html, url=url or None)
    found = dict(page.metadata)
    authors = persons(found.get("author", "").split(", "), found.get("site", ""))
    return Facts(page.title, authors, found.get("date", ""))


def trafilatura(html: str, url: str) -> Facts:
    """What trafilatura says."""
    from trafilatura import extract_metadata

    found = extract_metadata(html, default_url=url or None)
    if found is None:
        return Facts("", frozenset(), "")
    authors = persons((found.author or "").split("; "), found.sitename or "")
    return Facts(found.title or "", authors, found.date or "")


def turbohtml(html: str, url: str) -> Facts:
    """What turbohtml says."""
    import turbohtml

    found = turbohtml.parse(html).article()
    return Facts(found.title or "", persons([found.byline or ""]), found.date or "")


PEERS: dict[str, Tool] = {"trafilatura": trafilatura, "turbohtml": turbohtml}


def judge(case: Case, facts: Facts) -> dict[str, bool]:
    """Which fields are right; fields without a truth are left out."""
    right = {"title": plain(facts.title or "") in {plain(title) for title in case.titles}}
    if len(case.headings) == 1:
        only = plain(unescape(case.headings[0]))
        right["title or heading"] = right["title"] or plain(facts.title or "") == only
    if case.date:
        right["date"] = (facts.date or "")[:10] == day(case.date)
    if case.authors:
        given = facts.authors or frozenset()
        right["author"] = given == case.authors
        right["author, some"] = bool(given) and given <= case.authors
    elif case.authors is not None:
        right["no author"] = not facts.authors
    return right


def day(text: str) -> str:
    """The day of a date as JSON-LD writes it."""
    from dedup.page.metadata.dates import find_date

    return find_date(text)[:10]


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome(SUITE)
    if not folder().is_dir():
        out.absent(TABLE, NO_PAGES)
        return out
    tools = {"dedup": ours}
    if options.peers:
        there = {name: tool for name, tool in PEERS.items() if find_spec(name)}
        out.absent_tools(PEERS, there)
        tools |= there
    for origin, cases in (("fundus", hidden_cases()), ("read by eye", read_cases())):
        for (field, name), rights in shares(cases, tools).items():
            right = share(sum(rights), len(rights))
            kind = Kind.QUALITY if name == "dedup" else Kind.SHOWN
            out.put(TABLE, f"{origin}: {field}", name, right, kind, Better.MORE)
    return out


def shares(cases: Iterator[Case], tools: dict[str, Tool]) -> dict[tuple[str, str], list[bool]]:
    """By field and tool: whether each page's is right."""
    rights: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for case in cases:
        for name, tool in tools.items():
            try:
                facts = tool(case.html, case.url)
            except Exception:  # a peer fails on the page: nothing is right
                facts = Facts("", frozenset(), "")
            for field, right in judge(case, facts).items():
                rights[field, name].append(right)
    return rights
