import unicodedata

import numpy as np
import pytest
from hypothesis import given

from dedup import TextSettings
from dedup.text import tables
from dedup.text.fold import fold, fold_table, mainland_pieces, to_mainland
from tests.strategies import texts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("戰畧竝囯甚麼覈衕誌", "战略并国什么核同志"),
        ("著名的羣眾裏麵", "着名的群众里面"),
        ("ＡＢＣ１２３", "abc123"),
        ("STRASSE ﬁ", "straße fi"),
        ("e\u0301", "É"),
        ("ｶﾞ", "ガ"),
        ("가", "\u1100\u1161"),
        ("a\u200bb\u00adc", "abc"),
        ("a \t\n b", "a b"),
    ],
)
def test_spellings_of_the_same_fold_alike(one, other):
    assert fold(one) == fold(other)


def test_different_texts_stay_different():
    folded = {
        fold(text) for text in ["中国", "中囗", "か", "が", "e", "é", "C++", "C#", "👍", "👎"]
    }
    assert len(folded) == 10


@given(texts)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_shipped_table_is_what_unicode_and_opencc_give():
    table = fold_table()
    if table.version != tables.versions():
        pytest.skip(f"the table is of {table.version}, installed is {tables.versions()}")
    entries, extra = tables.build()
    assert np.array_equal(entries, table.entries)
    assert np.array_equal(extra, table.extra)


def test_table_agrees_with_any_unicode_on_letters_of_old():
    han = tables.han_table()
    for code in [*range(0x20, 0x250), *range(0x4E00, 0x4E80), *range(0xAC00, 0xAC20)]:
        expected = unicodedata.normalize("NFC", tables.fold_character(chr(code), han))
        assert fold(f"x{chr(code)}x") == " ".join(fold(f"x{expected}x").split())


def test_phrases_fold_regional_vocabulary():
    settings = TextSettings(phrases=True)
    assert fold("軟體專案", settings) == fold("软件项目", settings)
    assert fold("軟體專案") != fold("软件项目")


@given(texts)
def test_pieces_cover_the_text(text):
    pieces = mainland_pieces(text)
    assert "".join(piece for piece, _, _ in pieces) == to_mainland(text)
    ends = [0, *(end for _, _, end in pieces)]
    assert all(start == end for (_, start, _), end in zip(pieces, ends, strict=False))
    assert ends[-1] == len(text)
