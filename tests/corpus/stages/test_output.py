"""What is written of a document, and the schema of Parquet outputs."""

import pyarrow as pa
import pytest

from dedup.config import KeySettings
from dedup.corpus.stages.output import Verdict, annotation_of, record_of, rejects
from dedup.corpus.stages.output_table import record_schema
from dedup.corpus.stages.paragraphs import paragraphs, without
from dedup.corpus.stages.verdicts import Fate
from dedup.errors import SettingsError

ROW = {
    "row": 3, "place": "line 4", "id": "a", "url": "http://x.org/", "date": None, "title": "T",
    "type": "article", "type_probability": 0.75, "confidence": 0.0,
    "kind": "html", "encoding": "utf-8", "metadata": '{"author": "B"}', "given": None,
    "extra": b'{"id": "a", "html": null, "n": 1}',
}  # fmt: skip


@pytest.mark.parametrize("fate", Fate)
def test_every_fate_has_its_word_and_but_for_kept_its_reason(fate: Fate) -> None:
    verdict = Verdict(fate, "b", 0.9, 0.95, 0.94, cause="bad JSON")
    fields = verdict.fields()
    assert fields["relation"] == fate.name.lower()
    assert bool(fields["reason"]) == (fate is not Fate.KEPT)
    assert fields["partner_containment"] == 0.94


def test_figures_belong_to_a_partner() -> None:
    fields = Verdict(Fate.EMPTY).fields()
    assert [fields[name] for name in ("partner", "jaccard", "containment")] == [None] * 3


def test_a_record_keeps_its_fields_and_gets_what_the_page_says() -> None:
    assert record_of(ROW, "text", KeySettings()) == {
        "id": "a", "n": 1, "url": "http://x.org/", "title": "T", "type": "article",
        "type_probability": 0.75, "confidence": 0.0, "metadata": {"author": "B"},
        "text": "text",
    }  # fmt: skip
    keys = KeySettings(text="doc.text", url="doc.link")
    row = {**ROW, "extra": b'{"doc": {"link": "own", "text": null}}'}
    assert record_of(row, "text", keys)["doc"] == {"link": "own", "text": "text"}


def test_an_annotation_names_each_block() -> None:
    row = {
        "row": 0, "id": "a", "block_start": [0], "block_end": [4], "label": [2],
        "block_score": [0.98765], "reason": ["a paragraph"], "block_duplicate": [None],
    }  # fmt: skip
    annotation = annotation_of(row, "s", Verdict(Fate.KEPT), [{"start": 0, "end": 2}])
    (block,) = annotation["blocks"]
    assert (block["label"], block["score"], block["end"]) == ("body", 0.9877, 4)
    assert annotation["keep"]
    assert annotation["repeated"] == [{"start": 0, "end": 2}]


def test_a_reject_says_where_it_stood() -> None:
    named = {"place": "line 2", "id": "a", "url": "https://example.org/a"}
    row = {"row": 1, **named, "rejected": "took too long"}
    assert list(rejects([row], "s")) == [
        {"source": "s", "row": 1, **named, "reason": "took too long"}
    ]


def test_columns_of_unlike_types_do_not_fit_one_table() -> None:
    one, two = pa.struct([("n", pa.int32())]), pa.struct([("n", pa.list_(pa.string()))])
    with pytest.raises(SettingsError, match="write jsonl"):
        record_schema([one, two], KeySettings(), reasons=False)
    schema = record_schema([one, pa.binary()], KeySettings(), reasons=True)
    assert {"n", "text", "extra", "removed_reason"} <= set(schema.names)


def test_paragraphs_are_the_long_lines_and_go_without_a_gap() -> None:
    text = "first line\n\nsecond line\n\nlast"
    spans = [(start, end) for start, end, _ in paragraphs(text, 6)]
    assert [text[start:end] for start, end in spans] == ["first line", "second line"]
    assert without(text, spans[:1]) == "second line\n\nlast"
    assert without(text, spans) == "last"
