"""Blocks of plain text as the columns of a page that has no tree but its lists."""

from collections.abc import Sequence

import numpy as np

from dedup.model import SourceKind
from dedup.page.table import Blocks, Elements, PageTable

_TAGS = ("body", "ul", "p", "li")


def columns_of_lines(texts: Sequence[str], bullets: Sequence[bool], title: str = "") -> PageTable:
    """The same columns that the walk over a tree fills, from texts and whether each is bulleted.

    >>> page = columns_of_lines(["a", "b", "c"], [False, True, True])
    >>> [page.elements.tags[tag] for tag in page.elements.tag], page.blocks.element.tolist()
    (['body', 'p', 'ul', 'li', 'li'], [1, 3, 4])
    """
    tags, parents, first, last = ["body"], [-1], [0], [len(texts)]
    elements = []
    listed = -1
    for index, bullet in enumerate(bullets):
        if bullet and listed < 0:
            listed = len(tags)
            tags.append("ul")
            parents.append(0)
            first.append(index)
            last.append(index)
        elif not bullet:
            listed = -1
        if listed >= 0:
            last[listed] = index + 1
        elements.append(len(tags))
        tags.append("li" if bullet else "p")
        parents.append(max(listed, 0))
        first.append(index)
        last.append(index + 1)
    nothing = np.zeros(len(texts), np.int32)
    texts = tuple(text.replace("\0", " ") for text in texts)
    return PageTable(
        kind=SourceKind.TEXT,
        utf8=b"",
        title=title,
        elements=Elements(
            tags=_TAGS,
            tag=np.array([_TAGS.index(tag) for tag in tags], np.int32),
            parent=np.array(parents, np.int32),
            names=("",),
            name=np.zeros(len(tags), np.int32),
            first=np.array(first, np.int32),
            last=np.array(last, np.int32),
            start=np.full(len(tags), -1, np.int32),
            hidden=np.zeros(len(tags), np.int32),
        ),
        blocks=Blocks(
            text="".join("\0" + text for text in texts).encode("utf-8", "surrogatepass"),
            texts=texts,
            element=np.array(elements, np.int32),
            links=nothing,
            images=nothing,
            inner=np.zeros((len(texts), 2), np.int32),
            begin=nothing,
            end=nothing,
        ),
    )
