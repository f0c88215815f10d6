"""The blocks of a page, coloured by label, each with its score and its reason."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from dedup.model import Label
from dedup.report.markup import element, number


def block_list(blocks: Sequence[Mapping[str, Any]]) -> Element:
    """The blocks of a page, in their order.

    Args:
        blocks: of each ``label``, ``score``, ``reason``, ``kept``, ``duplicate_of`` and ``text``;
            ``path`` where it is known.
    """
    return element("ol", map(_block, blocks, range(len(blocks))), class_="blocks", start=0)


def _block(block: Mapping[str, Any], place: int) -> Element:
    label, kept = block["label"], block["kept"]
    head = element(
        "div",
        element("span", label, class_="label"),
        element("span", "kept" if kept else "left out", class_="verdict"),
        element("span", f"score {block['score']:.2f}", class_="score"),
        element("span", block["reason"], class_="why", dir="auto"),
        class_="head",
    )
    where = element("code", block["path"], class_="path") if block.get("path") else None
    return element(
        "li",
        head,
        element("div", block["text"], class_="text", dir="auto"),
        where,
        class_=f"block of-{label}" + ("" if kept else " out"),
        data_label=label,
        data_kept="yes" if kept else "no",
        id=None if block.get("path") is None else f"block-{place}",
    )


def block_controls(labels: Iterable[str]) -> Element:
    """What chooses the blocks that are shown: by label, and by what became of them."""
    there = set(labels)
    boxes = [
        element(
            "label",
            element("input", type="checkbox", checked=True, value=label.value),
            f" {label.value}",
            class_=f"chip of-{label.value}",
        )
        for label in Label
        if label.value in there
    ]
    states = element(
        "label",
        "Show ",
        element(
            "select",
            element("option", "all blocks", value=""),
            element("option", "what was kept", value="yes"),
            element("option", "what was left out", value="no"),
        ),
    )
    return element(
        "div",
        element("fieldset", element("legend", "Labels"), boxes),
        states,
        element("output", "", aria_live="polite"),
        class_="controls",
        data_controls="blocks",
        hidden=True,
    )


def told_of(blocks: Sequence[Mapping[str, Any]]) -> str:
    """How many blocks were kept, in words."""
    kept = sum(bool(block["kept"]) for block in blocks)
    return f"{number(kept)} of {number(len(blocks))} blocks kept"
