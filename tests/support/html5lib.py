"""The tree-construction tests of html5lib: markup, and the tree that a browser builds of it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dedup.kernels.tags import ROLES, TAGS, roles_of

HIDDEN = {
    tag
    for number, tag in enumerate(TAGS)
    if ROLES[roles_of[number]] in ("skip", "meta") or tag == "head"
}
# What the reader leaves to others on purpose, and what is no page.
_APART = re.compile(r"<(?:select|frameset|svg|math)|#document-fragment|#script-on", re.IGNORECASE)
_ROW = re.compile(r"\| ( *)(.*)", re.DOTALL)


class Case(NamedTuple):
    """One test: its file, the markup, and the text of the tree without white space."""

    name: str
    markup: str
    text: str


def cases(folder: Path) -> Iterator[Case]:
    """All tests but those of select, frameset, SVG and MathML."""
    for path in sorted(folder.glob("*.dat")):
        for number, part in enumerate(("\n" + path.read_text("utf-8")).split("\n#data\n")[1:]):
            markup, _, rest = part.partition("\n#errors\n")
            tree = rest.partition("#document\n")[2]
            if _APART.search(part) or not tree:
                continue
            yield Case(f"{path.stem}:{number}", markup, text_of(tree))


def text_of(tree: str) -> str:
    """The text of a tree that shows, without white space.

    >>> text_of('| <html>\\n|   <body>\\n|     "a b"\\n|     <style>\\n|       "c"')
    'ab'
    """
    found: list[str] = []
    hidden = -1  # how deep the element stands whose content does not show
    for row in tree.split("\n| "):
        row = row.removeprefix("| ")
        depth = len(row) - len(row.lstrip(" "))
        content = row[depth:]
        if 0 <= hidden < depth:
            continue
        hidden = -1
        if content.startswith('"'):
            found.append(content.rstrip("\n").removeprefix('"').removesuffix('"'))
        elif content.startswith("<") and content.rstrip()[1:-1] in HIDDEN:
            hidden = depth
    return "".join("".join(found).split())
