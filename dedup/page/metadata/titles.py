"""The title of a page: the heading that its head confirms, without the name of the site."""

import re
from collections.abc import Iterable, Sequence

# What stands between the title of a page and the name of its site.
_JOINT = re.compile(r"\s+[-–—|·•»:/]\s+|\s*[|_»｜]\s*|\s*(?:--|——)\s*|\s+[-–—]|[-–—]\s+")
_MARKS = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "–": "-"}
    | {"—": "-", "\xad": None, "\u200b": None, "`": "'", "´": "'", "‹": "'", "›": "'"}
)
_OVERLAP = 0.5  # the share of its words that a heading has in common with a title that confirms it
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
    'Storm - News'
    """
    names = {squeezed(site) for site in sites if site}
    heads = [bare for bare in (without_site(title, names) for title in titles) if bare]
    usable = [text for text in headings if text and squeezed(text) not in names]
    for head in heads:
        for heading in usable:
            if squeezed(heading) == squeezed(head):
                return heading
    for title in titles:
        for heading in usable:
            if len(heading) >= _LEAST and squeezed(heading) in squeezed(title):
                return heading
    for head in heads:
        for heading in usable:
            if len(head) >= 2 * _LEAST and squeezed(head) in squeezed(heading):
                return head
    best, share = "", 0.0
    for heading in usable:
        for head in heads:
            overlap = _overlap(heading, head)
            if overlap > share:
                best, share = heading, overlap
    if share >= _OVERLAP:
        return best
    return next(iter(heads), "") or next(iter(usable), "")


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
    """A title without what probably is the name of a site: the short end behind the last joint.

    >>> without_tail("A storm hits the coast - BBC News")
    'A storm hits the coast'
    """
    joints = list(_JOINT.finditer(title))
    if joints:
        last = joints[-1]
        head, tail = title[: last.start()].strip(), title[last.end() :].strip()
        if len(tail) * 2 <= len(head) and len(tail.split()) <= 4:
            return head
    return title


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
