"""The title of a page: the heading that its head confirms, without the name of the site."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from dedup.expressions import expression
from dedup.kernels.tags import NUMBER
from dedup.page.source.fields import SITE, TITLE, TITLE_LAST, URL
from dedup.page.table import Blocks, Elements

Array = np.ndarray[Any, Any]
Stated = Mapping[str, Sequence[str]]

# What stands between the title of a page and the name of its site.
_JOINT = expression(
    r"\s+[-–—|·•»:/]\s+|\s*[|_»｜ㅣ]\s*|\s*(?:--|——)\s*|\s+[-–—]|[-–—]\s+"
    r"|[-－](?=[一-鿿]{2,8}[网網报報线線社台]$)"
)
_MARKS = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "–": "-"}
    | {"—": "-", "\xad": None, "\u200b": None, "`": "'", "´": "'", "‹": "'", "›": "'"}
)
_KICKER = expression(r"^[^:]{2,40}:\s")  # what a heading says before a title is set off by a colon
_UNSPACED = expression("[\u3040-\u9fff]")
_OVERLAP = 0.5  # the share of its words that a heading has in common with a title that confirms it
_TAIL = 1.5  # how much longer than a title the name of its site may be
_LONGEST = 500  # characters of a title
_LEAST = 4  # characters of a title that can confirm
_UP = 3  # elements around a block that may be its heading
_SITE_LABEL = 3  # letters of a label of a host beyond which it may be the name of the site


def headed(elements: Elements, blocks: Blocks) -> Array:
    """Per block the row of the main heading (``h1``) that it stands in, -1 for none."""
    number = NUMBER["h1"]
    at, found = blocks.element, np.full(len(blocks), -1)
    if not (elements.tag == number).any():
        return found
    for _ in range(_UP):
        found = np.where((elements.tag[at] == number) & (found < 0), at, found)
        at = np.where(elements.parent[at] < 0, at, elements.parent[at])
    return found


def headings_of(blocks: Blocks, rows: Array) -> list[str]:
    """The texts of the main headings, each of all its blocks; ``rows``: see `headed`."""
    which = np.flatnonzero(rows >= 0)
    texts: dict[int, str] = {}
    for row, text in zip(rows[which].tolist(), blocks.texts_of(which), strict=True):
        texts[row] = f"{texts[row]} {text}" if row in texts else text
    return list(texts.values())


def site_names(stated: Stated, url: str | None = None) -> tuple[str, ...]:
    """The names that a page gives its site, and those in its address.

    Args:
        stated: the values of elements of the head by their names in lower case.
        url: where the page came from, if it does not say so itself.
    """
    address = next((text for name in URL for text in stated.get(name, ())), url or "")
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:  # "http://[x"
        host = ""
    bare = host.removeprefix("www.")
    labels = [label for label in bare.split(".")[:-1] if len(label) > _SITE_LABEL]
    names = [text for name in (*SITE, "twitter:site") for text in stated.get(name, ())]
    return tuple(filter(None, (*names, bare, *labels)))


def stated_title(
    stated: Stated, title: str, headings: Sequence[str], sites: Iterable[str], headline: str = ""
) -> str:
    """The title of a page by its head and its headings.

    Args:
        stated: the values of elements of the head by their names in lower case.
        title: the text of the title element.
        headings: the ``h1`` elements in their order.
        sites: names of the site.
        headline: that of the structured data, where it was read.

    >>> stated_title({"og:title": ["Storm | Times"]}, "A storm | Times", ["A storm"], ["Times"])
    'A storm'
    """
    head = [text for name in TITLE for text in stated.get(name, ())]
    titles = [*head[:1], headline, title, *head[1:]]
    titles += [text for name in TITLE_LAST for text in stated.get(name, ())]
    sites = tuple(sites)
    names = {*map(squeezed, sites)}
    return best_title([t for t in titles if t and squeezed(t) not in names], headings, sites)


def best_title(titles: Sequence[str], headings: Sequence[str], sites: Iterable[str]) -> str:
    """The best of a page's own titles.

    Args:
        titles: what the head says, most credible first (Open Graph, JSON-LD, title element).
        headings: the page's ``h1`` elements in their order.
        sites: names of the site.

    >>> best_title(["A storm hits the coast | The Times"], ["The Times", "A storm hits the coast"],
    ...            ["The Times"])
    'A storm hits the coast'
    >>> best_title(["Storm - News - The Times"], [], ["The Times"])
    'Storm'
    """
    titles = [" ".join(title[:_LONGEST].split()) for title in titles]
    names = {squeezed(site) for site in sites if site}
    usable = [
        text for text in headings if text and len(text) <= _LONGEST and squeezed(text) not in names
    ]
    if len(usable) == 1 and len(usable[0]) >= _LEAST and _held(usable[0], titles):
        return usable[0]
    heads = [bare for bare in (without_site(title, names) for title in titles) if bare]
    pairs = [(head, heading) for head in (*heads, *titles) for heading in usable]
    best = _confirmed(pairs)
    if best:
        return best
    shares = [(_overlap(heading, head), heading) for head, heading in pairs]
    share, heading = max(shares, key=lambda one: one[0], default=(0.0, ""))
    if share >= _OVERLAP:
        return heading
    return next((without_tail(head) for head in heads), "") or next(iter(usable), "")


def _held(heading: str, titles: Iterable[str]) -> bool:
    """Whether a title of the head holds the heading."""
    wanted = squeezed(heading)
    return any(wanted in squeezed(title) for title in titles)


def _confirmed(pairs: Sequence[tuple[str, str]]) -> str:
    """The heading that a title of the head equals or holds, or the title that a heading holds."""
    for head, heading in pairs:
        if squeezed(heading) == squeezed(head):
            return heading
    for head, heading in pairs:
        if len(heading) >= _LEAST and squeezed(heading) in squeezed(head):
            return heading
    for head, heading in pairs:
        if len(head) >= 2 * _LEAST and squeezed(head) in squeezed(heading):
            begins = squeezed(heading).startswith(squeezed(head))
            return heading if begins or _KICKER.search(heading) else head
    return ""


def without_site(title: str, names: set[str]) -> str:
    """A title without the name of the site at its end or beginning."""
    joints = list(_JOINT.finditer(title))
    for joint in joints:
        if squeezed(title[joint.end() :]) in names:
            return without_site(title[: joint.start()].strip(), names)
    for joint in reversed(joints):
        if squeezed(title[: joint.start()]) in names:
            return without_site(title[joint.end() :].strip(), names)
    return title.strip()


def without_tail(title: str) -> str:
    """A title without what probably is the name of a site: what stands behind its first joint.

    >>> without_tail("A storm hits the coast - BBC News"), without_tail("Goodbye - and thanks")
    ('A storm hits the coast', 'Goodbye - and thanks')
    """
    for joint in _JOINT.finditer(title):
        head, tail = title[: joint.start()].strip(), title[joint.end() :].strip()
        if head and tail and not tail[0].islower() and len(tail) <= _TAIL * len(head):
            return head
    return title


@lru_cache(maxsize=256)
def squeezed(text: str) -> str:
    """A text for comparing: one form of quotes and dashes, no white space, no case.

    >>> squeezed("The “Times” ") == squeezed('the "times"')
    True
    """
    return "".join(text.translate(_MARKS).casefold().split())


def _overlap(one: str, other: str) -> float:
    """The share of the words of the shorter text that are in the longer one."""
    a, b = (
        set(re.findall(r"\w", t) if _dense(t) else re.findall(r"\w+", t.casefold()))
        for t in (one, other)
    )
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _dense(text: str) -> bool:
    """Whether the text is in a script without spaces."""
    return _UNSPACED.search(text) is not None
