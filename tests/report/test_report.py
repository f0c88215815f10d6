"""The report as a file: what it is made of, what it says where something is missing, its size."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup.corpus.stages import account as limits
from dedup.corpus.stages import by_source, similarity, specimens
from dedup.corpus.stages.texts import EXAMPLE
from dedup.errors import InputError
from dedup.report.report import report_html, write_report
from tests.corpus.conftest import documents, write_jsonl
from tests.report.conftest import HOSTILE


def everywhere(value: Any, words: str = HOSTILE) -> Any:
    """A value of JSON with these words at the end of every text that comes from outside."""
    if isinstance(value, dict):
        fixed = ("label", "relation", "keep", "mode")
        return {k: v if k in fixed else everywhere(v, words) for k, v in value.items()}
    if isinstance(value, list):
        return [everywhere(item, words) for item in value]
    return value + words if isinstance(value, str) else value


def test_every_section_is_there(finished: Path, account: dict[str, Any]) -> None:
    made = (finished / "report.html").read_text("utf-8")
    for title in ("Totals", "Sources", "Largest clusters", "What was set aside", "All settings"):
        assert title in made
    assert "Source <bdi>copies.example</bdi></strong> lost 39 of 40 documents." in made
    assert "threshold 0.8" in made
    for told in account["pages"]:
        assert len(told["blocks"]) > 2
    for loading in ("<img", "<link", "<iframe", "<object", "url(", "@import", "fetch("):
        assert loading not in made


def test_it_says_what_a_run_had_not(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(3))
    dedup.run([path], tmp_path / "run")
    made = write_report(tmp_path / "run").read_text("utf-8")
    for said in (
        "No page was cleaned in this run",
        "Nothing was removed.",
        "Nothing was set aside.",
        "There are no clusters",
        "No two documents share so much",
    ):
        assert said in made


@pytest.mark.parametrize("mode", ["annotate", "clusters"])
def test_every_mode_has_one_and_the_same_account(
    tmp_path: Path, finished: Path, account: dict[str, Any], mode: str
) -> None:
    (source,) = finished.parent.glob("*.jsonl")
    dedup.run([source], tmp_path / "run", {"corpus": {"mode": mode}})
    other = json.loads((tmp_path / "run" / "report.json").read_text("utf-8"))
    assert other == {**account, "mode": mode}


def test_what_is_no_finished_run_is_told(tmp_path: Path, finished: Path) -> None:
    with pytest.raises(InputError, match="finish the run first"):
        write_report(tmp_path)
    shutil.copytree(finished, tmp_path / "run")
    (tmp_path / "run" / "report.json").write_text("{", "utf-8")
    with pytest.raises(InputError, match="is damaged"):
        write_report(tmp_path / "run")
    (tmp_path / "run" / "report.json").write_text('{"format": 9}', "utf-8")
    with pytest.raises(InputError, match="this version reads 1"):
        write_report(tmp_path / "run")
    (tmp_path / "run" / "report.json").unlink()
    with pytest.raises(InputError, match="a reference has none"):
        write_report(tmp_path / "run")


def test_its_size_is_bounded_whatever_the_corpus(finished: Path, account: dict[str, Any]) -> None:
    """As many of everything as an account may hold, and as long, in Chinese, are less than 3 MB."""

    def window(length: int) -> dict[str, Any]:
        step = length // limits.PASSAGES
        spans = [[n * step, n * step + step // 2] for n in range(limits.PASSAGES)]
        return {"text": "汉" * length, "before": 9, "after": 9, "spans": spans}

    name = dict.fromkeys(("id", "title", "url", "source"), "汉" * (limits.NAME // 2))
    both = {"document": name, "partner": name}
    long, short = window(limits.CHARACTERS), window(limits.OF_PAIR)
    removed = next(told for told in account["removed"] if told["partner"])
    removed = {**removed, **both, "text": long, "partner_text": long}
    alone = {**removed, "partner": None, "text": {**long, "spans": []}}
    pair = {**account["pairs"]["above"][0], **both, "text": short, "partner_text": short}
    cluster = {
        **account["clusters"]["largest"][0],
        "kept": name,
        "members": [name] * limits.MEMBERS,
    }
    page = account["pages"][0]
    text = "汉" * (specimens.CHARACTERS // specimens.BLOCKS)
    block = {**page["blocks"][0], "label": "comment", "reason": "r" * 60, "text": text}
    told = {"blocks": 999, "example": "汉" * EXAMPLE, "reason": "on 99 of 99 pages of " + "a" * 20}
    row = {**account["sources"]["source"]["rows"][0], "name": "a" * 40, "templates": told}
    rows = {"number": 90_000, "rows": [row] * (by_source.ROWS + by_source.ALARMS)}
    full = {
        **account,
        "sources": {"source": rows, "file": rows},
        "removed": [removed] * 3 * limits.OF_FATE + [alone] * 2 * limits.OF_FATE,
        "pairs": {"above": [pair] * similarity.NEAREST, "below": [pair] * similarity.NEAREST},
        "clusters": {**account["clusters"], "largest": [cluster] * limits.CLUSTERS},
        "pages": [{**page, "blocks": [block] * specimens.BLOCKS}] * limits.PAGES_SHOWN,
    }
    summary = json.loads((finished / "summary.json").read_text("utf-8"))
    assert len(report_html("run", summary, full, {}).encode()) < 3_000_000
