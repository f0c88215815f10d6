"""The golden pages: what comes out of `clean` and `compare` against the truth in the folders."""

import difflib
import json
from itertools import combinations
from pathlib import Path

import opencc
import pytest
from click.testing import CliRunner

import dedup
from dedup.config import Settings, TextSettings
from dedup.model import Relation
from tests import golden

UNRELATED = 0.25  # two texts that have nothing to do with each other stay below this containment
RELATED = json.loads(golden.PAIRS.read_text("utf-8"))["related"]


@pytest.mark.parametrize("name", golden.names())
def test_page_comes_out_as_its_truth_says(name: str) -> None:
    page = golden.load(name)
    differences = golden.check(page, page.clean())
    assert not differences, "\n".join(differences)


@pytest.mark.parametrize("pair", RELATED, ids=lambda pair: pair["a"])
def test_cleaned_related_pages_match(pair: dict[str, str | float]) -> None:
    a, b = (golden.load(str(pair[side])).clean().text for side in "ab")
    match = dedup.compare(a, b)
    assert match.kind == pair["kind"]
    assert match.containment_a >= pair["containment"]
    back = dedup.compare(b, a)
    assert (back.containment_b, back.jaccard) == (match.containment_a, match.jaccard)


def test_unrelated_pages_do_not_match() -> None:
    texts = {name: golden.load(name).text for name in golden.names()}
    related = {frozenset((pair["a"], pair["b"])) for pair in RELATED}
    for a, b in combinations(texts, 2):
        if frozenset((a, b)) in related:
            continue
        match = dedup.compare(texts[a], texts[b])
        assert max(match.containment_a, match.containment_b) <= UNRELATED, (a, b)
        assert match.kind == Relation.NONE, (a, b)


def test_regional_vocabulary_is_folded_on_request() -> None:
    short, long = (golden.load(RELATED[1][side]).text for side in "ab")
    plain = dedup.compare(short, long)
    phrases = dedup.compare(short, long, settings=Settings(text=TextSettings(phrases=True)))
    assert phrases.containment_a >= 0.9 > plain.containment_a


def test_passages_point_into_both_texts_as_given() -> None:
    short, long = (golden.load(RELATED[1][side]).text for side in "ab")
    passages = dedup.compare(short, long).passages
    to_simplified = opencc.OpenCC("t2s").convert
    assert passages
    for passage in passages:
        ours = to_simplified(short[passage.a.start : passage.a.end])
        theirs = long[passage.b.start : passage.b.end]
        ours, theirs = ("".join(filter(str.isalnum, text)) for text in (ours, theirs))
        assert difflib.SequenceMatcher(None, ours, theirs, autojunk=False).ratio() >= 0.9
    longest = max(passages, key=lambda passage: passage.a.end - passage.a.start)
    assert longest.a.end - longest.a.start >= 50


def test_add_writes_a_draft_that_checks_and_says_it_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = golden.load("zh_related_comments").source
    monkeypatch.setattr(golden, "PAGES", tmp_path)
    added = CliRunner().invoke(golden.main, ["add", "new", str(source)])
    assert added.exit_code == 0, added.output
    assert "draft" in added.output
    assert golden.names() == ["new"]
    assert golden.load("new").data == source.read_bytes()
    checked = CliRunner().invoke(golden.main, ["check", "new"])
    assert checked.exit_code == 0, checked.output
    again = CliRunner().invoke(golden.main, ["add", "new", str(source)])
    assert again.exit_code == 2


def test_check_shows_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = golden.load("zh_related_comments").source
    monkeypatch.setattr(golden, "PAGES", tmp_path)
    CliRunner().invoke(golden.main, ["add", "new", str(source)])
    truth = tmp_path / "new" / "expected.json"
    wrong = json.loads(truth.read_text("utf-8"))
    wrong["text"].append("一段原文里没有的话")
    truth.write_text(golden.dump(wrong), encoding="utf-8")
    checked = CliRunner().invoke(golden.main, ["check"])
    assert checked.exit_code == 1
    assert "一段原文里没有的话" in checked.output
