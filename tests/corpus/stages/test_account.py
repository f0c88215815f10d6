"""``report.json``: what it counts and shows is what became of the documents."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.config import NearSettings
from dedup.corpus.stages.similarity import BARS, LOWEST, similarity
from dedup.corpus.stages.specimens import draws
from dedup.corpus.templates.fingerprint import host_of
from dedup.near.verify import Verified
from tests.corpus.conftest import documents, read_jsonl, settings, write_jsonl
from tests.support.crawl import make_crawl
from tests.support.prose import paragraph


def account_of(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "report.json").read_text("utf-8"))
    return found


def test_sources_are_counted_as_the_records_say(tmp_path: Path, out: Path) -> None:
    crawl = make_crawl(3, 12)
    pages = [{"id": f"p{n}", "url": p.url, "html": p.html} for n, p in enumerate(crawl)]
    paths = [
        write_jsonl(tmp_path / "pages.jsonl", [*pages, {"id": "without"}]),
        write_jsonl(tmp_path / "texts.jsonl", documents(12)),
    ]
    dedup.run(paths, out, settings(mode="annotate"))
    lines = read_jsonl(out / "annotations.jsonl")
    hosts = {f"p{n}": host_of(page.url) for n, page in enumerate(crawl)}
    told = account_of(out)["sources"]
    for key, name in (
        ("source", lambda line: hosts.get(line["id"], line["source"])),
        ("file", lambda line: line["source"]),
    ):
        rows = {row["name"]: row for row in told[key]["rows"]}
        assert told[key]["number"] == len(rows)
        of = {line["id"]: name(line) for line in lines}
        for source, row in rows.items():
            ours = [line for line in lines if name(line) == source]
            fates = Counter(line["relation"] for line in ours)
            assert (row["documents"], row["kept"]) == (len(ours), fates.pop("kept", 0))
            assert row["removed"] == fates
            inside = [of[line["partner"]] == source for line in ours if line["partner"]]
            assert (row["inside"], row["across"]) == (sum(inside), len(inside) - sum(inside))
    for row in told["source"]["rows"]:
        sure = [
            dedup.clean(page.html, url=page.url).confidence
            for page in crawl
            if host_of(page.url) == row["name"]
        ]
        assert row["confidence"] == (pytest.approx(np.mean(sure), abs=1e-3) if sure else None)
        assert ("templates" in row) == bool(sure)
        if sure:
            blocks = [
                block["reason"]
                for line in lines
                if hosts.get(line["id"]) == row["name"]
                for block in line["blocks"]
                if f"pages of {row['name']}" in block["reason"]
            ]
            assert row["templates"]["blocks"] == len(blocks)
            assert row["templates"]["reason"] in blocks


def test_shown_pages_have_the_final_labels(tmp_path: Path, out: Path) -> None:
    crawl = make_crawl(2, 12)
    pages = [{"id": f"p{n}", "url": p.url, "html": p.html} for n, p in enumerate(crawl)]
    dedup.run([write_jsonl(tmp_path / "a.jsonl", pages)], out, settings(mode="annotate"))
    lines = {line["id"]: line for line in read_jsonl(out / "annotations.jsonl")}
    shown = account_of(out)["pages"]
    assert len(shown) == 8
    templates = 0
    for page in shown:
        line = lines[page["document"]["id"]]
        assert page["relation"] == line["relation"]
        for ours, theirs in zip(page["blocks"], line["blocks"], strict=True):
            assert (ours["label"], ours["reason"]) == (theirs["label"], theirs["reason"])
            templates += "pages of site" in ours["reason"]
            assert ours["kept"] == (
                ours["label"] in ("heading", "body", "list", "table", "quote", "code")
                and ours["duplicate_of"] is None
            )
    assert templates


def test_pairs_on_both_sides_of_the_threshold(tmp_path: Path, out: Path) -> None:
    """Texts that share eight and seven of ten paragraphs, with one that is far from both."""
    rng = random.Random(5)
    parts = [paragraph("en", rng, 4) for _ in range(24)]

    def record(name: str, *chosen: int) -> dict[str, Any]:
        return {"id": name, "text": "\n".join(parts[n] for n in chosen)}

    records = [
        record("a", *range(10)),
        record("b", *range(9), 10),
        record("c", *range(1, 9), 11, 12),
        record("d", *range(13, 23)),
    ]
    near = dedup.Settings(near=dedup.NearSettings(threshold=0.75, containment=0.95))
    dedup.run([write_jsonl(tmp_path / "a.jsonl", records)], out, near)
    told = account_of(out)
    texts = {record["id"]: record["text"] for record in records}
    for side in ("above", "below"):
        assert told["pairs"][side], side
        for pair in told["pairs"][side]:
            names = [pair[end]["id"] for end in ("document", "partner")]
            match = dedup.compare(*(texts[name] for name in names), settings=near)
            assert pair["jaccard"] == pytest.approx(match.jaccard)
            assert (match.jaccard >= 0.75) == (side == "above")
            window = pair["text"]
            assert window["text"] == texts[names[0]][: len(window["text"])]
            assert window["before"] + len(window["text"]) + window["after"] == len(texts[names[0]])


def test_the_partner_may_be_of_another_corpus(tmp_path: Path, out: Path) -> None:
    records = documents(4)
    path = write_jsonl(tmp_path / "a.jsonl", records)
    ours = write_jsonl(tmp_path / "b.jsonl", [{**records[0], "id": "again"}])
    dedup.run([path], tmp_path / "saved", settings(mode="reference"))
    for against in (path, tmp_path / "saved"):
        folder = out / against.name
        dedup.run([ours], folder, against=[against])
        (told,) = account_of(folder)["removed"]
        assert told["document"]["id"] == "again"
        assert told["partner"]["id"] == "d0"
        assert told["partner"]["source"] == str(against)
        assert account_of(folder)["sources"]["source"]["rows"][0]["across"] == 1


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60)), max_size=40),
    st.sampled_from((0.5, 0.7, 0.8, 1.0)),
)
def test_pairs_are_counted_and_sorted_by_side(
    rows: list[tuple[int, int, int]], threshold: float
) -> None:
    size_a, size_b, shared = np.array(rows, np.int64).reshape(-1, 3).T
    shared = np.minimum(shared, np.minimum(size_a, size_b))
    places = np.arange(len(rows), dtype=np.uint64)
    pairs = (places << np.uint64(32)) + places + np.uint64(1)
    verified = Verified(pairs, size_a, size_b, shared)
    near = NearSettings(threshold=threshold)
    told = similarity(verified, np.arange(len(rows) + 1), near)
    jaccard = verified.figures.jaccard
    assert sum(told["jaccard"]) == sum(told["containment"]) == len(rows)
    for at, count in enumerate(told["jaccard"][1:], 1):
        low, high = (LOWEST + (1 - LOWEST) * n / BARS for n in (at, at + 1))
        last = at == BARS - 1
        inside = (jaccard >= low - 1e-9) & ((jaccard < high - 1e-9) | last)
        assert count == np.count_nonzero(inside)
    above, below = ([pair["jaccard"] for pair in told[side]] for side in ("above", "below"))
    assert above == sorted(above)
    assert below == sorted(below, reverse=True)
    assert all(value >= threshold for value in above)
    assert all(value < threshold for value in below)


def test_lots_are_drawn_evenly_and_for_each_source_anew() -> None:
    lots = draws(0, np.arange(10_000))
    assert len(np.unique(lots)) == 10_000
    counts = np.bincount((lots >> np.uint64(60)).astype(np.int64), minlength=16)
    assert 500 < counts.min() <= counts.max() < 750
    assert not np.isin(draws(1, np.arange(10_000)), lots).any()
