"""The pages that the project started from: read line by line, cleaned, and compared."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import pytest

import dedup
from dedup.config import DEFAULT_INCLUDE
from dedup.model import LabelledBlock, Page
from tests.golden import squeeze
from tests.paths import SEEDS, needs_seeds

pytestmark = needs_seeds

NAMES = (
    "000_8624a777669a69ee.txt",
    "001_44b85e5a7adfbb97.txt",
    "002_dc0062237cc1f7e7.txt",
    "003_d2f71756915d3599.txt",
    "004_e13ffec89ec33566.txt",
)
RELATED = {NAMES[0], NAMES[3]}
LABELS_RIGHT = 0.95  # the share of lines whose label must be one of the accepted ones
SHORT = 6  # characters; a shorter line of another kind may occur inside the body by chance
IN_TEXT = {label.name for label in DEFAULT_INCLUDE} | {"SUMMARY"}


@dataclass(frozen=True)
class Line:
    """One line of a seed with the labels that are accepted for it; its own text, squeezed."""

    number: int
    text: str
    accepted: frozenset[str]


@cache
def gold() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SEEDS / "gold.json").read_text("utf-8"))
    return loaded


@cache
def cleaned(name: str) -> Page:
    return dedup.clean((SEEDS / name).read_bytes())


@cache
def lines(name: str) -> tuple[Line, ...]:
    """The labelled lines of a seed that hold any text of their own."""
    rows = (SEEDS / name).read_text("utf-8").split("\n")
    return tuple(
        Line(number, text, frozenset(labels.split("|")))
        for first, last, labels in gold()["documents"][name]["lines"]
        for number in range(first, last + 1)
        if (text := own_text(rows[number - 1]))
    )


def own_text(row: str) -> str:
    """A line without bullet, indent, tags and white space."""
    return squeeze(html.unescape(re.sub(r"<[^>]*>", "", row))).removeprefix("•")


def by_number(name: str) -> dict[int, Line]:
    return {line.number: line for line in lines(name)}


def body_lines(name: str) -> Iterator[Line]:
    """The lines that must be in the text: body, each copy left out."""
    copies = {copy for _, copy in gold()["documents"][name]["repeats"]}
    for line in lines(name):
        if line.accepted == {"BODY"} and line.number not in copies:
            yield line


def block_at(name: str, line: Line) -> LabelledBlock | None:
    """The block in which a line stands, found by walking lines and blocks in step."""
    return walked(name)[line.number]


@cache
def walked(name: str) -> dict[int, LabelledBlock | None]:
    blocks = cleaned(name).blocks
    page = "".join(squeeze(block.text) for block in blocks)
    owner = [block for block in blocks for _ in squeeze(block.text)]
    found: dict[int, LabelledBlock | None] = {}
    here = 0
    for line in lines(name):
        at = page.find(line.text, here)
        found[line.number] = owner[at] if at >= 0 else None
        if at >= 0:
            here = at + len(line.text)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_body_line_is_in_the_text_once(name: str) -> None:
    text = squeeze(cleaned(name).text)
    wrong = {line.number: n for line in body_lines(name) if (n := text.count(line.text)) != 1}
    assert not wrong, "line: times in the text"


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_another_kind_is_in_the_text(name: str) -> None:
    text = squeeze(cleaned(name).text)
    for line in body_lines(name):
        text = text.replace(line.text, "\n", 1)
    wrong = [
        (line.number, line.text)
        for line in lines(name)
        if not line.accepted & IN_TEXT and len(line.text) > SHORT and line.text in text
    ]
    assert not wrong


@pytest.mark.parametrize("name", NAMES)
def test_lines_that_are_no_text_are_in_no_block(name: str) -> None:
    for line in lines(name):
        if "NOTHING" in line.accepted:
            assert not any(line.text in squeeze(b.text) for b in cleaned(name).blocks), line


@pytest.mark.parametrize("name", NAMES)
def test_repeats_are_marked(name: str) -> None:
    numbered = by_number(name)
    for first, copy in gold()["documents"][name]["repeats"]:
        one, other = (block_at(name, numbered[number]) for number in (first, copy))
        assert one is not None, first
        assert other is not None, copy
        assert other.duplicate_of == one.index or one.duplicate_of == other.index, (first, copy)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_else_of_the_body_is_marked_a_repeat(name: str) -> None:
    repeats = gold()["documents"][name]["repeats"]
    free = {number for pair in repeats for number in pair}
    # A line that lies in another one (001 has a lead like that) is a repeat by rights.
    whole = "\n".join(line.text for line in lines(name))
    free |= {line.number for line in lines(name) if whole.count(line.text) > 1}
    for line in lines(name):
        if line.accepted == {"BODY"} and line.number not in free:
            block = block_at(name, line)
            assert block is not None, line
            assert block.duplicate_of is None, line


@pytest.mark.parametrize("name", NAMES)
def test_cut_sentences_come_out_whole(name: str) -> None:
    numbered = by_number(name)
    for first, second in gold()["documents"][name].get("joins", []):
        seam = numbered[first].text[-10:] + numbered[second].text[:10]
        assert seam in cleaned(name).text
        one, other = (block_at(name, numbered[number]) for number in (first, second))
        assert one is not None
        assert other is not None
        assert one.block.joins
        assert other.index == one.index + 1


def test_labels_are_among_the_accepted_ones() -> None:
    total, wrong = 0, []
    for name in NAMES:
        for line in lines(name):
            if line.accepted & {"METADATA", "NOTHING"}:
                continue
            total += 1
            block = block_at(name, line)
            label = block.label.name if block else "no block"
            as_summary = "SUMMARY" in line.accepted and block and block.duplicate_of is not None
            if label not in line.accepted and not as_summary:
                wrong.append(
                    (name[:3], line.number, label, "|".join(line.accepted), line.text[:30])
                )
    assert total > 200
    share = 1 - len(wrong) / total
    assert share >= LABELS_RIGHT, (share, wrong)


def test_front_matter_goes_to_the_metadata() -> None:
    name = NAMES[4]
    metadata = dict(cleaned(name).metadata)
    assert metadata["author"] == "新浪财经"
    assert cleaned(name).title == metadata["title"]
    rows = (SEEDS / name).read_text("utf-8").split("\n")
    assert squeeze(metadata["date"]) in squeeze("".join(rows[1:13]))


@pytest.mark.parametrize(
    "pair", list(combinations(NAMES, 2)), ids=lambda p: f"{p[0][:3]}-{p[1][:3]}"
)
def test_only_the_related_pair_matches(pair: tuple[str, str]) -> None:
    a, b = (cleaned(name).text for name in pair)
    match = dedup.compare(a, b)
    if set(pair) == RELATED:
        assert match.kind == "contains"
        assert match.containment_b >= 0.85  # 003, the short one, in 000
    else:
        assert match.kind == "none"
        assert max(match.containment_a, match.containment_b) <= 0.25
