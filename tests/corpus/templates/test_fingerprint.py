"""Fingerprints of blocks: what is folded away, what is not, and where a block stands."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.corpus.templates.fingerprint import Marks, inside, mark
from dedup.model import Block, Label, LabelledBlock
from dedup.text.fold import fold_table
from dedup.text.tables import CLASS_SHIFT, CODE_MASK, LIMIT, Role
from tests.paths import FIXTURES
from tests.strategies import texts


def folded(text: str) -> str:
    """The definition: letters and numbers of the fold table, digits masked where letters lead."""
    table = fold_table()
    found: list[int] = []
    for character in text:
        entry = int(table.entries[ord(character)]) if ord(character) < LIMIT else 0
        entries = [entry]
        if entry >> CLASS_SHIFT == Role.EXPANDED:
            at = entry & CODE_MASK
            entries = table.extra[at + 1 : at + 1 + int(table.extra[at])].tolist()
        found += [e & CODE_MASK for e in entries if e >> CLASS_SHIFT in (2, 3)]
    plain = "".join(map(chr, found))
    masked, runs = re.subn(r"\d+", "0", plain)
    letters = len(masked) - runs
    return masked if letters > len(plain) - letters else plain


def block(text: str, path: str = "body/div/p") -> LabelledBlock:
    return LabelledBlock(Block(0, text, 0, len(text), path), Label.BODY, 1.0, "")


def keys(*given: str) -> list[list[int]]:
    found: list[list[int]] = mark([block(text) for text in given]).keys.tolist()
    return found


@given(texts, texts)
def test_texts_have_one_fingerprint_where_they_fold_alike(one: str, other: str) -> None:
    (a, *_), (b, *_), (c, *_) = keys(one, other, folded(one))
    assert (a == b) == (folded(one) == folded(other))
    assert a == c or folded(folded(one)) != folded(one)


@given(st.text(st.characters(max_codepoint=0x3000), max_size=40))
def test_punctuation_case_and_digits_between_letters_say_nothing(text: str) -> None:
    (a, *_), (b, *_) = keys(f"One {text} two 12 words", f"ONE -- {text}!  two, 3 words.")
    assert a == b or len(folded(text)) > 10  # where digits lead, they count


@pytest.mark.parametrize("zero", ["0", "٠", "०", "０", "\U0001d7ce"])
def test_digits_of_every_script_are_masked(zero: str) -> None:
    nine = chr(ord(zero) + 9)
    assert len({key for key, *_ in keys(f"page {zero} here", f"page {nine}{zero} here")}) == 1


@pytest.mark.parametrize("size", [47, 48, 49, 100, 127, 128, 129, 3000, 70_000])
def test_a_longer_block_has_two_loose_ones(size: int) -> None:
    text = "".join(chr(0x4E00 + n % 5000) for n in range(size))
    middle = size // 2
    ((_, opening, ending), (_, opening2, ending2)) = keys(text, text[:middle] + text[middle + 1 :])
    assert (opening > 0) == (ending > 0) == (size >= 48)
    if size - 1 >= 48 and (size - 1).bit_length() == size.bit_length():
        assert (opening, ending) == (opening2, ending2)


@pytest.mark.parametrize("page", sorted((FIXTURES / "pages").iterdir()), ids=lambda p: p.name)
def test_blocks_as_values_and_as_columns_have_the_same_marks(page) -> None:  # type: ignore[no-untyped-def]
    source = next(path for path in page.iterdir() if path.stem == "source")
    blocks = dedup.clean(source.read_bytes()).blocks
    one, other = mark(blocks), mark(tuple(blocks))
    for name in Marks.__dataclass_fields__:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_deep_pages_and_names_with_digits() -> None:
    deep = "<div class='row-12 a/b'>" * 40 + "<p id=p7>One text.</p><p>Another one.</p>"
    flat = "<div class='row-345 a/b'>" * 30 + "<p id=p8>One text.</p><p>Another one.</p>"
    one, other = (dedup.clean(html).blocks for html in (deep, flat))
    assert mark(one).keys.tolist() == mark(tuple(one)).keys.tolist() == mark(other).keys.tolist()
    assert len(set(mark(one).parent.tolist())) == 1


def slowly(marks: Marks, recurs: list[bool]) -> list[bool]:
    """The definition of `inside`, block by block."""
    found = []
    own = [bool(t) and not r for t, r in zip(marks.text, recurs, strict=True)]
    for at in range(len(marks)):
        left = [p for p, o in zip(marks.parent[:at], own[:at], strict=True) if o]
        right = [p for p, o in zip(marks.parent[at + 1 :], own[at + 1 :], strict=True) if o]
        between = bool(left and right and left[-1] == right[0])
        heads = bool(marks.structure[at] and marks.content[at] and right)
        found.append(between or (heads and right[0] == marks.parent[at]))
    return found


@given(
    st.lists(st.tuples(st.integers(0, 2), *[st.booleans()] * 4), max_size=12),
)
def test_blocks_between_the_pages_own_paragraphs_are_inside(
    rows: list[tuple[int, bool, bool, bool, bool]],
) -> None:
    columns = list(zip(*rows, strict=True)) or [()] * 5
    parent = np.array(columns[0], np.uint64)
    content, text, structure, recurs = (np.array(column, np.bool_) for column in columns[1:])
    marks = Marks(np.zeros((len(rows), 3), np.uint64), parent, parent, content, text, structure)
    assert inside(marks, recurs).tolist() == slowly(marks, recurs.tolist())
