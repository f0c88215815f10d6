"""The extraction suite: rows, means and what is gated."""

import pytest

from benchmarks.outcome import Kind, Outcome
from benchmarks.pages import Example
from benchmarks.suites import extraction
from dedup.evaluate.metric import Score


def score(*texts: str) -> Score:
    made = Score()
    for text in texts:
        made.add(text, ("one two three four five",), (), ())
    return made


@pytest.mark.parametrize(
    ("name", "lang", "gold", "rows"),
    [
        ("daniel_en", "en", "x", ["daniel_en"]),
        ("daniel_zh", "zh", "短", ["daniel_zh", extraction.SHORT]),
        ("magic_article", "zh", "长" * 300, ["magic_article", "magic_article: zh"]),
        ("magic_forum", "en", "x", ["magic_forum"]),
    ],
)
def test_rows_of_a_page(name: str, lang: str, gold: str, rows: list[str]) -> None:
    example = Example(f"{name}:1", "a.org", b"", lang=lang, golds=(gold,))
    assert list(extraction.rows_of(name, example)) == rows


def test_whole_sets_are_gated_and_their_parts_are_shown() -> None:
    out = Outcome("extraction")
    right = score("one two three four five")
    for row in ("magic_article", "magic_article: zh"):
        extraction._row(out, row, {"dedup": right, "clean()": right}, gated=("dedup",))
    kept = [figure.key for figure in out.figures if figure.kind is Kind.QUALITY]
    assert kept == ["extraction / F1 of the main text / magic_article / dedup"]


def test_the_mean_counts_each_set_once_and_parts_of_sets_never() -> None:
    out = Outcome("extraction")
    table = {
        "a": {"dedup": score("one two three four five")},
        "b": {"dedup": score("nothing of it", "nor of this")},
        "a: zh": {"dedup": score("nothing at all")},
    }
    extraction._mean(out, table)
    values = {figure.column: figure.value for figure in out.figures}
    assert (values["pages"], values["dedup"]) == (3, 0.5)
