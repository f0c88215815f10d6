"""The title of a page: the heading that its head confirms, without the name of the site."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from dedup.expressions import expression

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
_OVERLAP = 0.5  # the share of its words that a heading has in common with a title that confirms it
_TAIL = 1.5  # how much longer than a title the name of its site may be
_LONGEST = 500  # characters of a title
_LEAST = 4  # characters of a title that can confirm


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
    headings = [heading for heading in headings if len(heading) <= _LONGEST]
    names = {squeezed(site) for site in sites if site}
    heads = [bare for bare in (without_site(title, names) for title in titles) if bare]
    usable = [text for text in headings if text and squeezed(text) not in names]
    pairs = [(head, heading) for head in (*heads, *titles) for heading in usable]
    best = _confirmed(pairs)
    if best:
        return best
    shares = [(_overlap(heading, head), heading) for head, heading in pairs]
    share, heading = max(shares, key=lambda one: one[0], default=(0.0, ""))
    if share >= _OVERLAP:
        return heading
    return next((without_tail(head) for head in heads), "") or next(iter(usable), "")


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
    return any("\u3040" <= letter <= "\u9fff" for letter in text)
