"""Blocks of plain text as the columns of a page that has no tree but its lists."""

from collections.abc import Sequence

from dedup.page.markup import Markup


def columns_of_lines(texts: Sequence[str], bullets: Sequence[bool], title: str = "") -> Markup:
    """The same columns that the walk over a tree fills, from texts and whether each is bulleted.

    >>> page = columns_of_lines(["a", "b", "c"], [False, True, True])
    >>> page.tags, page.elements
    (('body', 'p', 'ul', 'li', 'li'), (1, 3, 4))
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
    return Markup(
        source="",
        title=title,
        metadata=(),
        hints="",
        texts=tuple(texts),
        elements=tuple(elements),
        tags=tuple(tags),
        parents=tuple(parents),
        names=("",) * len(tags),
        first=tuple(first),
        last=tuple(last),
        links=(0,) * len(texts),
        images=(0,) * len(texts),
        inner=((0, 0),) * len(texts),
        raws=((),) * len(texts),
        scripts=(),
        hidden=frozenset(),
        marks={},
        outside=None,
    )
