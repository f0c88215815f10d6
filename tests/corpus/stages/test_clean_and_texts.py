"""From records to stage files: what is stored, in which mode, and the text that comes of it."""

import json
from typing import Any

import pyarrow as pa
import pytest

import dedup
from dedup.corpus.io.chunks import Chunk
from dedup.corpus.io.records import Form, Raw, Reject
from dedup.corpus.stages.blocks import ANNOTATED_BLOCKS, LABELS
from dedup.corpus.stages.clean import clean_chunk, has_pages
from dedup.corpus.stages.texts import texts_table
from dedup.corpus.templates.learn import Templates
from dedup.errors import InputError
from tests.support.crawl import make_crawl

CRAWL = make_crawl(1, 12)


def chunk(*items: Raw | Reject) -> Chunk:
    return Chunk(0, 0, "crawl", items)


def pages(url: bool = True) -> Chunk:
    return chunk(
        *(
            Raw(n, f"record {n}", page.html.encode(), Form.HTML, url=page.url if url else None)
            for n, page in enumerate(CRAWL)
        )
    )


def settings(**corpus: Any) -> dedup.Settings:
    return dedup.Settings(corpus=dedup.CorpusSettings(**corpus))


def cleaned(given: Chunk, skip: dict[int, str] | None = None, **corpus: Any) -> Any:
    return clean_chunk(given, settings(**corpus), skip or {}, lambda index: None)


@pytest.mark.parametrize("mode", ["filter", "annotate", "clusters"])
def test_scores_reasons_and_positions_are_stored_where_they_are_written(mode: str) -> None:
    table = cleaned(pages(), mode=mode)
    there = [name for name in ANNOTATED_BLOCKS if name in table.column_names]
    assert there == (list(ANNOTATED_BLOCKS) if mode == "annotate" else [])
    texts = texts_table(table, Templates(), settings(mode=mode))
    assert (texts["reason"].null_count == 0) == (mode == "annotate")


@pytest.mark.parametrize("mode", ["filter", "annotate"])
@pytest.mark.parametrize("url", [False, True])
def test_without_templates_the_text_is_that_of_the_page(mode: str, url: bool) -> None:
    table = cleaned(pages(url), mode=mode)
    texts = texts_table(table, Templates(), settings(mode=mode))
    alone = [dedup.clean(page.html.encode(), url=page.url) for page in CRAWL]
    assert texts["text"].to_pylist() == [page.text for page in alone]
    labels = [[LABELS[number] for number in row] for row in texts["label"].to_pylist()]
    assert labels == [[block.label for block in page.blocks] for page in alone]


def test_templates_are_taken_out_as_from_pages() -> None:
    known = Templates()
    whole = [dedup.clean(page.html.encode(), url=page.url) for page in CRAWL]
    for page in whole:
        known.add(page)
    for mode in ("filter", "annotate"):
        texts = texts_table(cleaned(pages(), mode=mode), known, settings(mode=mode))
        applied = [known.apply(page) for page in whole]
        assert texts["text"].to_pylist() == [page.text for page in applied]
        changed = sum(
            ours.label is not theirs.label
            for page, other in zip(whole, applied, strict=True)
            for ours, theirs in zip(page.blocks, other.blocks, strict=True)
        )
        assert changed
        told = json.loads(texts.schema.metadata[b"dedup"])
        assert told["template_blocks"] == changed
        ((host, (number, example, reason)),) = told["templates"].items()
        assert (host, number) == ("site0.example", changed)
        of_templates = [b for p in applied for b in p.blocks if "pages of site0" in b.reason]
        assert (example, reason) in [(block.text[:120], block.reason) for block in of_templates]
        # Rows are numbered as pages here; eight of them are handed on, with all reasons.
        assert len(told["reasons"]) == 8
        for row, reasons in told["reasons"].items():
            shown = {str(b.index): b.reason for b in applied[int(row)].blocks if b in of_templates}
            assert reasons == shown
    assert texts["reason"].to_pylist() == [[b.reason for b in page.blocks] for page in applied]


def test_rejects_and_items_that_killed_a_worker_are_rows_of_their_own() -> None:
    items = [
        Raw(0, "line 1", b'{"text": "one"}'),
        Reject(1, "line 2", "too long"),
        Raw(2, "line 3", b"{"),
        Raw(3, "line 4", b'{"text": "four"}'),
    ]
    table = cleaned(chunk(*items), skip={3: "killed the worker"})
    reasons = [(reason or "").partition(":")[0] for reason in table["rejected"].to_pylist()]
    assert reasons == ["", "too long", "bad JSON", "killed the worker"]
    assert table["given"].to_pylist() == ["one", None, None, None]
    texts = texts_table(table, Templates(), settings())
    assert texts["text"].to_pylist() == ["one", "", "", ""]


def test_one_page_that_breaks_the_cleaner_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes, **options: Any) -> None:
        raise InputError("no page") if b"a" in data else RecursionError("too deep")

    monkeypatch.setattr("dedup.page.clean.clean", broken)
    table = cleaned(chunk(Raw(0, "a", b"a", Form.HTML), Raw(1, "b", b"b", Form.HTML)))
    assert table["rejected"].to_pylist() == ["no page", "RecursionError: too deep"]


@pytest.mark.parametrize(
    ("clean", "item", "expected"),
    [
        ("auto", Raw(0, "", b'{"html": "<p>"}'), True),
        ("auto", Raw(0, "", b'{"text": "a"}'), False),
        ("auto", Raw(0, "", b"<p>", Form.HTML), True),
        ("always", Raw(0, "", b'{"text": "a"}'), True),
        ("never", Raw(0, "", b"<p>", Form.HTML), False),
    ],
)
def test_whether_the_first_record_says_that_there_are_pages(
    clean: str, item: Raw, expected: bool
) -> None:
    assert has_pages(chunk(item), settings(clean=clean)) is expected


def test_templates_whose_texts_are_not_stored_are_told_without() -> None:
    class Every(Templates):
        def judges(self, host: str | None) -> bool:
            return True

        def judge(self, host: str, marks: Any) -> dict[int, str]:
            return dict.fromkeys(range(2, len(marks)), "on all pages")

    table = cleaned(pages())
    empty = pa.array([[""] * len(row) for row in table["block_text"].to_pylist()])
    at = table.schema.get_field_index("block_text")
    texts = texts_table(table.set_column(at, "block_text", empty), Every(), settings())
    assert b"on all pages" in texts.schema.metadata[b"dedup"]
