"""A cleaned page in the forms that people ask for: a record, Markdown, HTML for a notebook.

A page is anything with the fields of `dedup.Page`, a block of `dedup.LabelledBlock`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Protocol

_SHOWN = 40  # characters of a title in a repr
# The background of a kept block, of a repeated one, and of the others; see-through, for dark pages.
_KEPT, _REPEATED, _LEFT_OUT = "#2da44e33", "#bf870033", "#cf222e22"


class _Shown(Protocol):
    """The fields of a labelled block that are shown."""

    @property
    def label(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def reason(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def kept(self) -> bool: ...
    @property
    def duplicate_of(self) -> int | None: ...
    @property
    def block(self) -> Any: ...


class _Cleaned(Protocol):
    """The fields of a page that are shown."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def error(self) -> str: ...
    @property
    def blocks(self) -> Sequence[Any]: ...


def line_of(page: _Cleaned) -> str:
    """A page in one line."""
    if page.error:
        return f"<Page: not read: {page.error}>"
    title = page.title if len(page.title) <= _SHOWN else page.title[: _SHOWN - 1] + "…"
    return (
        f"<Page {title!r}: {page.kind}, {page.type}, {len(page.blocks)} blocks, "
        f"{len(page.text)} characters>"
    )


def record_of(page: Any) -> dict[str, Any]:
    """A page as values that JSON can hold; ``error`` only where there is one."""
    record = {
        "url": page.url,
        "title": page.title,
        "text": page.text,
        "kind": str(page.kind),
        "type": str(page.type),
        "type_probability": round(page.type_probability, 4),
        "confidence": round(page.confidence, 4),
        "encoding": page.encoding,
        "metadata": dict(page.metadata),
        "sources": dict(page.sources),
        "blocks": [block_record(block) for block in page.blocks],
    }
    return record | ({"error": page.error} if page.error else {})


def block_record(block: Any) -> dict[str, Any]:
    """A labelled block as values that JSON can hold."""
    return {
        "index": block.index,
        "label": str(block.label),
        "kept": block.kept,
        "score": round(block.score, 4),
        "reason": block.reason,
        "duplicate_of": block.duplicate_of,
        "start": block.start,
        "end": block.end,
        "text": block.text,
    }


def markdown_of(page: _Cleaned) -> str:
    """A page as Markdown: title, headings, lists, quotes, code, paragraphs."""
    # Blocks that are made when somebody looks are made without reasons and positions.
    brief = getattr(page.blocks, "brief", None)
    blocks: Iterable[_Shown] = page.blocks if brief is None else brief()
    parts = [f"# {page.title}"] if page.title else []
    previous = ""
    for block in blocks:
        if not block.kept or block.label == "title" or block.text == page.title:
            continue
        text = _marked(block)
        if previous == block.label and block.label in ("list", "table", "quote"):
            parts[-1] += "\n" + text
        else:
            parts.append(text)
        previous = block.label
    return "\n\n".join(parts)


def _marked(block: _Shown) -> str:
    text, label = block.text, str(block.label)
    if label == "heading":
        level = int(block.block.tag[1]) if re.fullmatch(r"h[1-6]", block.block.tag) else 2
        return "#" * level + " " + text.replace("\n", " ")
    if label == "code":
        return f"```\n{text}\n```"
    if label == "table":
        return "| " + text.replace("\t", " | ").replace("\n", " ") + " |"
    first, further = _MARKS.get(label, ("", ""))
    return first + text.replace("\n", "\n" + further)


# What stands before the first line of a block, and before the others.
_MARKS: Mapping[str, tuple[str, str]] = {"list": ("- ", "  "), "quote": ("> ", "> ")}


def html_of(page: _Cleaned) -> str:
    """A page for a notebook: its blocks coloured by what became of them, reasons on hover.

    Without scripts or style sheets, so that it shows wherever notebooks are shown.
    """
    blocks: Iterable[_Shown] = page.blocks
    rows = [f"<p><b>{escape(page.title)}</b><br><small>{escape(line_of(page))}</small></p>"]
    for block in blocks:
        left_out = _LEFT_OUT if block.duplicate_of is None else _REPEATED
        colour = _KEPT if block.kept else left_out
        hover = escape(f"{block.label} {block.score:.2f}: {block.reason}")
        rows.append(
            f'<div title="{hover}" style="background:{colour};margin:2px 0;padding:2px 6px;'
            f'white-space:pre-wrap"><small>{escape(block.label)}</small> {escape(block.text)}</div>'
        )
    return "\n".join(rows)
