"""The cleanest copy is kept: planted copies are longer, and worse."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dedup
from dedup.corpus.stages.cleanest import Quality, is_cut
from dedup.model import Keep
from tests.corpus.conftest import read_jsonl, write_jsonl
from tests.support.prose import headline, paragraph

WORSE = ("comments", "menu", "second", "cut")


def page(number: int, worse: str = "") -> str:
    """An article of four paragraphs; a worse copy holds more, or breaks off."""
    rng = random.Random(number)
    language = "zh" if number % 2 else "en"
    title = headline(language, rng)
    body = [paragraph(language, rng, 5) for _ in range(4)]
    extra = random.Random(number + 1000)
    said = [paragraph(language, extra, 1) for _ in range(5)]
    after = ""
    if worse == "cut":
        body[-1] = body[-1][: -len(body[-1]) // 8] + "…"
    elif worse == "menu":
        links = "".join(
            f"<li><a href='/{n}'>{headline(language, extra)}</a></li>" for n in range(9)
        )
        body.insert(2, f"</p><ul>{links}</ul><p>")
    elif worse == "comments":
        items = "".join(
            f"<li class='comment'><b>reader</b> 12:07 <p>{text}</p></li>" for text in said
        )
        after = f"<div id='comments'><h3>Comments</h3><ul class='comment-list'>{items}</ul></div>"
    elif worse == "second":
        after = f"<article><h1>{headline(language, extra)}</h1><p>{' '.join(said)}</p></article>"
    text = "".join(f"<p>{part}</p>" for part in body)
    menu = "<nav><a href=/>Home</a> <a href=/news>News</a></nav>" * (1 + 4 * bool(worse))
    return (
        f"<html><head><title>{title}</title></head><body>{menu}<article><h1>{title}</h1>{text}"
        f"</article>{after}<footer>© The Town</footer></body></html>"
    )


def kept(path: Path, out: Path, keep: Keep) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    settings = dedup.Settings(
        near=dedup.NearSettings(keep=keep, threshold=0.6),
        corpus=dedup.CorpusSettings(removed=True),
    )
    dedup.run(path, out, settings)
    return read_jsonl(out / "corpus.jsonl"), read_jsonl(out / "removed.jsonl")


def test_planted_copies_that_are_longer_and_worse_go(tmp_path: Path) -> None:
    records = []
    for number in range(40):
        worse = WORSE[number % 4]
        pair = [(f"{number}-good", page(number)), (f"{number}-{worse}", page(number, worse))]
        random.Random(number).shuffle(pair)
        records += [{"id": name, "html": html} for name, html in pair]
    path = write_jsonl(tmp_path / "a.jsonl", records)
    cleanest, gone = kept(path, tmp_path / "cleanest", Keep.CLEANEST)
    longest, _ = kept(path, tmp_path / "longest", Keep.LONGEST)
    good = [sum(r["id"].endswith("good") for r in records) for records in (cleanest, longest)]
    assert good[0] >= 36  # 39 when it was written
    assert good[1] <= 20
    assert all("; kept: " in record["removed"]["reason"] for record in gone)


def test_the_columns_decide_in_their_order() -> None:
    unknown = np.nan
    quality = Quality(
        confidence=np.array([0.91, 0.92, 0.7, unknown, 0.9, 0.9]),
        boilerplate=np.array([0.5, 0.3, 0.1, unknown, 0.3, 0.3]),
        several=np.zeros(6, np.bool_),
        cut=np.array([False, True, False, False, False, False]),
        tokens=np.array([100, 100, 900, 900, 100, 200]),
        date=np.array([1.0, 1.0, 1.0, 1.0, unknown, 5.0]),
    )
    assert quality.preferred.argsort(kind="stable").tolist() == [5, 4, 1, 0, 2, 3]
    assert quality.why(0, 2) == "higher confidence (0.91, here 0.70)"
    assert quality.why(0, 3) == "higher confidence (0.91, here unknown)"
    assert quality.why(4, 0) == "less boilerplate (0.30, here 0.50)"
    assert quality.why(4, 1) == "whole, this one breaks off"
    assert quality.why(5, 4) == "longer (200 tokens, here 100)"
    assert quality.why(4, 4) == ""
    assert quality.grade[5] == quality.grade[4]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The end", False),
        ("The end.", False),
        ("and then he [...]", True),
        ("He said (…)", True),
        ("Das Ende. Weiterlesen →", True),
        ("他说。 阅读全文>>", True),
        ("[+1204 chars]", True),
        ("read more books, he said.", False),
        ("", False),
    ],
)
def test_texts_that_break_off(text: str, expected: bool) -> None:
    assert is_cut(text) is expected
