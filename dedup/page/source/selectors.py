"""CSS selectors: which elements of a page they find.

Selectors need a tree, which only pages with rules of their site pay for. Its elements know where
their start tags stand in the source, and so do ours.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import turbohtml

from dedup.kernels.utf8 import code_points
from dedup.page.table import Elements


def is_selector(selector: object) -> bool:
    """Whether a value is a selector that can be looked for.

    >>> is_selector("div.post > p"), is_selector("div["), is_selector(7)
    (True, False, False)
    """
    return isinstance(selector, str) and _is_understood(selector)


@lru_cache(maxsize=4096)  # the same ones are asked for with every page
def _is_understood(selector: str) -> bool:
    try:
        turbohtml.parse("<p>").select(selector)
    except (turbohtml.SelectorSyntaxError, ValueError):
        return False
    return True


def rows_found(utf8: bytes, elements: Elements, selectors: Sequence[str]) -> dict[int, int]:
    """Rows of the elements that selectors find, and the number of the last that finds each.

    Args:
        utf8: the source as UTF-8.
        elements: its elements; those whose ``start`` is -1 are found if they are html or body.
        selectors: CSS selectors.
    """
    # The tree counts CR LF as one character: a space keeps every offset.
    source = utf8.replace(b"\r\n", b" \n").decode("utf-8", "surrogatepass")
    tree = turbohtml.parse(source, positions=True, source_locations=True)
    begun = np.flatnonzero(elements.start >= 0)
    places, order = np.unique(elements.start[begun].astype(np.int64), return_inverse=True)
    points = code_points(utf8, places)[order].tolist()
    rows_at: dict[int | str, list[int]] = {}
    for point, row in zip(points, begun.tolist(), strict=True):
        rows_at.setdefault(point, []).append(row)
    for row in np.flatnonzero(elements.start < 0).tolist():
        rows_at.setdefault(elements.tags[elements.tag[row]], []).append(row)
    found: dict[int, int] = {}
    for number, selector in enumerate(selectors):
        for node in tree.select(selector):
            location = node.source_location
            tag = location.start_tag if location is not None else None
            place: int | str = -1
            if tag is not None:
                place = tag.start_offset
            elif node.tag in ("html", "body"):
                place = node.tag
            found.update(dict.fromkeys(rows_at.get(place, ()), number))
    return found
