import random
import re
import time
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup.corpus.stages.passages import sentences_in
from dedup.errors import RunError
from tests.corpus.conftest import read_jsonl, write_jsonl
from tests.support.prose import paragraph

QUOTE = (
    "The river rose in the night and took the bridge, the mill and two of the houses with it. "
    "Nobody who lived there then has forgotten what it sounded like, and most left within a year. "
    "What is left of the mill stands on a farmer's land, and he does not like to be asked about it."
)


def level(**more: Any) -> dedup.Settings:
    corpus = {"level": "passage", "contained": "keep", **more}
    return dedup.Settings(
        corpus=dedup.CorpusSettings(**corpus), near=dedup.NearSettings(keep="first")
    )


def prose(number: int, language: str = "en", count: int = 6) -> str:
    return paragraph(language, random.Random(number), count)


def run_on(tmp_path: Path, texts: dict[str, str], **more: Any) -> tuple[dict[str, str], Any]:
    records = [{"id": name, "text": text} for name, text in texts.items()]
    path = write_jsonl(tmp_path / "a.jsonl", records)
    summary = dedup.run(path, tmp_path / "out", level(**more))
    return {r["id"]: r["text"] for r in read_jsonl(tmp_path / "out" / "corpus.jsonl")}, summary


def test_whole_sentences_go_from_all_but_the_first(tmp_path: Path) -> None:
    own = {name: prose(number) for number, name in enumerate("abcd")}
    more = "It was never rebuilt. "
    kept, summary = run_on(
        tmp_path,
        {
            "a": f"{own['a']} {QUOTE} {more}",
            "b": f"{own['b']}\n{QUOTE}\n{more}",
            "c": f"{own['c']} He wrote: “{QUOTE}” {more}",
            "d": f"{own['d']} {QUOTE}\n\nAnd {QUOTE.lower()} {more}",
            "e": QUOTE + " " + more,
        },
    )
    said = QUOTE.split(". ")
    assert kept == {
        "a": f"{own['a']} {QUOTE} {more}",
        "b": own["b"],
        "c": f"{own['c']} He wrote: “{said[0]}.",
        "d": f"{own['d']}\n\nAnd {said[0].lower()}.",
    }
    assert summary["removed"] == {"repeated": 1}
    assert summary["repeated_passages"] == 4


def test_one_copy_of_each_passage_stays(tmp_path: Path) -> None:
    rng = random.Random(3)
    shared = [prose(100 + n, "zh" if n % 2 else "en", 3) for n in range(6)]
    texts = {
        f"d{n}": "\n".join(rng.sample([*rng.choices(shared, k=3), *(prose(n) for _ in "a")], 4))
        for n in range(30)
    }
    kept, summary = run_on(tmp_path, texts)
    assert set(kept) == set(texts)
    assert summary["repeated_passages"] > 10
    assert sum(map(len, kept.values())) < 0.7 * sum(map(len, texts.values()))
    said = {name: re.split("(?<=[.。])\\s*", text) for name, text in texts.items()}
    left = {name: re.split("(?<=[.。])\\s*", text) for name, text in kept.items()}
    for name in texts:
        assert set(left[name]) <= set(said[name])
    assert set().union(*left.values()) == set().union(*said.values())


def test_nothing_goes_from_a_reference_and_its_copy_counts(tmp_path: Path) -> None:
    other = write_jsonl(tmp_path / "b.jsonl", [{"id": "r", "text": f"{prose(1)} {QUOTE}"}])
    path = write_jsonl(tmp_path / "a.jsonl", [{"id": "a", "text": f"{prose(2)} {QUOTE}"}])
    dedup.run(path, tmp_path / "out", level(), against=[other])
    assert [r["text"] for r in read_jsonl(tmp_path / "out" / "corpus.jsonl")] == [prose(2)]


def test_annotations_only_mark_them(tmp_path: Path) -> None:
    records = [{"id": n, "text": f"{prose(n)} {QUOTE}"} for n in range(2)]
    path = write_jsonl(tmp_path / "a.jsonl", records)
    dedup.run(path, tmp_path / "out", level(mode="annotate"))
    first, second = read_jsonl(tmp_path / "out" / "annotations.jsonl")
    assert (first["repeated"], first["keep"], second["keep"]) == ([], True, True)
    (span,) = second["repeated"]
    assert span["partner"] == "0"
    assert records[1]["text"][span["start"] : span["end"]].strip() == QUOTE


def test_phrases_of_taiwan_count_as_those_of_the_mainland(tmp_path: Path) -> None:
    there = "他們用軟體和滑鼠在網路上寫下這一段很長的話，然後又把它抄了一遍又一遍。" * 2
    here = "他们用软件和鼠标在网络上写下这一段很长的话，然后又把它抄了一遍又一遍。" * 2
    texts = {"a": prose(1, "zh") + there, "b": prose(2, "zh") + here}
    records = [{"id": name, "text": text} for name, text in texts.items()]
    path = write_jsonl(tmp_path / "a.jsonl", records)
    config = level(passage_length=20)
    config = dedup.Settings(
        corpus=config.corpus, near=config.near, text=dedup.TextSettings(phrases=True)
    )
    dedup.run(path, tmp_path / "out", config)
    kept = [r["text"] for r in read_jsonl(tmp_path / "out" / "corpus.jsonl")]
    assert kept[1] == prose(2, "zh")
    # The first copy stays whole, although it says the same twice.
    assert kept[0] == texts["a"]


def test_too_little_memory_is_told_with_the_remedy(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [{"id": 1, "text": prose(1)}])
    with pytest.raises(RunError, match=r"corpus\.memory"):
        dedup.run(path, tmp_path / "out", level(memory=1 << 20))


@pytest.mark.parametrize(
    ("text", "span", "cut"),
    [
        ("One two. Three four. Five.", (0, 19), "One two. Three four. "),
        ("One two. Three four. Five.", (4, 19), "Three four. "),
        ("One two. Three four. Five.", (4, 15), ""),
        ("One two. “Three four.” Five.", (10, 20), "“Three four.” "),
        ("One\nTwo\n\nThree", (4, 7), "Two\n\n"),
        ("One. Two.\nThree", (5, 8), " Two."),
        ("One. Two.", (5, 8), " Two."),
        ("One", (0, 3), "One"),
        ("“一。”二！三", (1, 5), "“一。”二！"),
        ("v1.2 is out. So.", (0, 11), "v1.2 is out. "),
    ],
)
def test_spans_become_whole_sentences(text: str, span: tuple[int, int], cut: str) -> None:
    ((start, end),) = sentences_in(text, [span])
    assert text[start:end] == cut


def test_lines_that_end_in_white_space_cost_no_more_than_they_are_long() -> None:
    line = "完。我们在河边的旧磨坊里看书。 \n"

    def seconds(lines: int) -> float:
        spans = [(at * len(line) + 2, at * len(line) + 15) for at in range(lines)]
        begin = time.process_time()
        assert sentences_in(line * lines, spans)[1] == (len(line) + 2, len(line) + 15)
        return time.process_time() - begin

    assert seconds(40_000) < 12 * max(seconds(10_000), 0.02)


def test_white_space_before_a_passage_at_the_start_of_a_text() -> None:
    assert sentences_in("   河边的旧磨坊。", [(3, 9)]) == [(0, 10)]
    assert sentences_in("\n  河边的旧磨坊。", [(3, 9)]) == [(1, 10)]
