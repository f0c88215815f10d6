"""The whole run: modes, formats, bad input, and that it can be gone on with."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dedup
from dedup.corpus.runtime.lock import locked
from dedup.errors import InputError, RunError, SettingsError
from dedup.model import Keep
from tests.corpus.conftest import documents, outputs, read_jsonl, settings, write_jsonl
from tests.paths import ROOT
from tests.support.crawl import make_crawl, warc


def test_the_corpus_is_what_find_duplicates_keeps(tmp_path: Path, out: Path) -> None:
    records = documents(40)
    found = dedup.find_duplicates([record["text"] for record in records])
    summary = dedup.run(write_jsonl(tmp_path / "a.jsonl", records), out)
    kept = read_jsonl(out / "corpus.jsonl")
    expected = [record for record, keep in zip(records, found.keep, strict=True) if keep]
    assert kept == expected
    assert summary["kept"] == len(kept)
    assert summary["removed"] == {"near": 40 - len(kept)}
    assert json.loads((out / "summary.json").read_bytes()) == summary
    assert sorted(path.name for path in out.iterdir()) == [
        "corpus.jsonl",
        "rejected.jsonl",
        "report.json",
        "run.json",
        "summary.json",
    ]


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_json_lines_round_trip(tmp_path: Path, out: Path, suffix: str) -> None:
    records = documents(6)[:3]
    dedup.run(write_jsonl(tmp_path / f"a.{suffix}", records), out)
    assert read_jsonl(out / f"corpus.{suffix}") == records


def test_parquet_round_trips_in_its_own_types(tmp_path: Path, out: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([7, 8, 9], pa.int32()),
            "text": [record["text"] for record in documents(3)],
            "when": pa.array([1, None, 3], pa.timestamp("ms")),
            "nested": [{"a": [1]}, {"a": []}, None],
            "raw": [b"\xff", b"", None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    dedup.run(tmp_path / "a.parquet", out)
    found = pq.read_table(out / "corpus.parquet")
    assert found.select(table.column_names).equals(table)


@pytest.mark.parametrize("output", ["jsonl", "jsonl.zst", "parquet"])
@pytest.mark.parametrize("source", ["jsonl", "parquet", "warc"])
def test_every_format_becomes_every_other(
    tmp_path: Path, out: Path, source: str, output: str
) -> None:
    records = documents(3)
    path = tmp_path / f"a.{source}"
    if source == "jsonl":
        write_jsonl(path, records)
    elif source == "parquet":
        pq.write_table(pa.Table.from_pylist(records), path)
    else:
        path.write_bytes(warc(make_crawl(1, 3)))
    dedup.run(path, out, settings(output=output, removed=True))
    if output == "parquet":
        found = pq.read_table(out / "corpus.parquet").to_pylist()
    else:
        found = read_jsonl(out / f"corpus.{output}")
    if source == "warc":
        assert all(record["text"] and record["url"] and record["title"] for record in found)
    else:
        assert [(r["id"], r["text"]) for r in found] == [(r["id"], r["text"]) for r in records]


def test_annotations_are_in_the_order_of_the_input(tmp_path: Path, out: Path) -> None:
    crawl = make_crawl(2, 12)
    (tmp_path / "a.warc.gz").write_bytes(warc(crawl))
    lines = write_jsonl(tmp_path / "b.jsonl", documents(8))
    dedup.run([tmp_path / "a.warc.gz", lines], out, settings(mode="annotate"))
    rows = read_jsonl(out / "annotations.jsonl")
    assert len(rows) == len(crawl) + 8
    assert [row["row"] for row in rows] == [*range(len(crawl)), *range(8)]
    for row, page in zip(rows, crawl, strict=False):
        for block in row["blocks"]:
            assert 0 <= block["start"] < block["end"] <= len(page.html)
            assert block["reason"]
    gone = [row for row in rows if not row["keep"]]
    assert gone
    assert all(row["partner"] and row["reason"] for row in gone)
    assert any("pages of" in block["reason"] for row in rows for block in row["blocks"])


@pytest.mark.parametrize("output", ["jsonl", "parquet"])
def test_records_keep_their_blocks_where_asked_for(tmp_path: Path, out: Path, output: str) -> None:
    (tmp_path / "a.warc.gz").write_bytes(warc(make_crawl(2, 12)))
    texts = write_jsonl(tmp_path / "b.jsonl", documents(3))
    inputs = [tmp_path / "a.warc.gz", texts]
    dedup.run(inputs, out / "annotated", settings(mode="annotate"))
    dedup.run(inputs, out / "filtered", settings(blocks=True, output=output, removed=True))
    expected = {row["id"]: row["blocks"] for row in read_jsonl(out / "annotated/annotations.jsonl")}
    found: dict[str, Any] = {}
    for name in ("corpus", "removed"):
        path = out / "filtered" / f"{name}.{output}"
        rows = read_jsonl(path) if output == "jsonl" else pq.read_table(path).to_pylist()
        found |= {row["id"]: row.get("blocks") for row in rows}
    assert {id: blocks or [] for id, blocks in found.items()} == expected
    assert found["d0"] is None
    assert any("pages of" in block["reason"] for blocks in expected.values() for block in blocks)


def test_clusters_name_partners_figures_and_passages(tmp_path: Path, out: Path) -> None:
    records = documents(8)
    cut = {"id": "cut", "text": records[0]["text"][:-150] + " Something else stood here."}
    dedup.run(write_jsonl(tmp_path / "a.jsonl", [*records, cut]), out, settings(mode="clusters"))
    rows = {row["id"]: row for row in pq.read_table(out / "clusters.parquet").to_pylist()}
    texts = {record["id"]: record["text"] for record in (*records, cut)}
    assert rows["d3"]["keep"]
    assert rows["d2"] | {"passages": None} == rows["d2"] | {
        "cluster": "d3",
        "keep": False,
        "partner": "d3",
        "relation": "near",
        "passages": None,
    }
    assert rows["cut"]["relation"] in ("near", "contains")
    for row in rows.values():
        for span in row["passages"]:
            ours = texts[row["id"]][span["start"] : span["end"]]
            theirs = texts[row["partner"]][span["partner_start"] : span["partner_end"]]
            assert ours.casefold() == theirs.casefold()
        assert bool(row["passages"]) == (not row["keep"])


def test_what_was_removed_is_written_with_its_reason(tmp_path: Path, out: Path) -> None:
    records = [*documents(4), {"id": "none", "text": " \n"}, {"id": "none2", "text": ""}]
    dedup.run(write_jsonl(tmp_path / "a.jsonl", records), out, settings(removed=True))
    removed = {record["id"]: record["removed"] for record in read_jsonl(out / "removed.jsonl")}
    assert removed["d2"]["partner"] == "d3"
    assert "near-duplicate of d3 (Jaccard 0." in removed["d2"]["reason"]
    assert removed["none"]["reason"] == removed["none2"]["reason"] == "no text left"
    assert removed["none"]["partner_source"] is removed["none"]["passage"] is None


@pytest.mark.parametrize("output", ["jsonl", "parquet"])
def test_what_was_removed_names_its_partner_and_what_they_share(
    tmp_path: Path, out: Path, output: str
) -> None:
    first, second, third, fourth = documents(4)
    before = [first | {"url": "https://a.org/1"}]
    again = [
        {"id": "copy", "text": first["text"]},
        {"id": "copy2", "text": third["text"]},
        {"id": "cut", "text": "Words of its own. " + second["text"][40:260]},
        *(second, fourth | {"url": "https://b.org/4"}),
    ]
    theirs = write_jsonl(tmp_path / "theirs.jsonl", before)
    saved = tmp_path / "saved"
    dedup.run(theirs, saved, settings(mode="reference"))
    ours = write_jsonl(tmp_path / "ours.jsonl", again)
    for number, against in enumerate([theirs, saved]):
        folder = out / str(number)
        dedup.run(ours, folder, settings(removed=True, output=output), against=[against])
        if output == "jsonl":
            rows = {row["id"]: row["removed"] for row in read_jsonl(folder / "removed.jsonl")}
        else:
            rows = {
                row["id"]: {name.removeprefix("removed_"): row[name] for name in row}
                for row in pq.read_table(folder / "removed.parquet").to_pylist()
            }
        where = ("partner", "partner_url", "partner_source", "partner_corpus")
        told = {id: tuple(row[name] for name in where) for id, row in rows.items()}
        assert told == {
            "copy": ("d0", "https://a.org/1", str(against), "against"),
            "copy2": ("d3", "https://b.org/4", str(ours), "inputs"),
            "cut": ("d1", None, str(ours), "inputs"),
        }
        assert rows["copy"]["passage"] == first["text"].strip()[:200]
        assert len(rows["copy2"]["passage"]) == 200
        assert rows["copy2"]["passage"] in third["text"]
        assert rows["cut"]["passage"] in second["text"]
        assert len(rows["cut"]["passage"]) > 100
        assert 0 < rows["cut"]["jaccard"] < 1 == rows["copy"]["containment"]


def test_against_another_corpus(tmp_path: Path, out: Path) -> None:
    records = documents(6)
    ours = write_jsonl(tmp_path / "a.jsonl", [records[3], records[0], records[1]])
    theirs = write_jsonl(tmp_path / "b.jsonl", [records[2], records[1], records[1]])
    dedup.run(ours, out, settings(removed=True), against=[theirs])
    assert [record["id"] for record in read_jsonl(out / "corpus.jsonl")] == ["d0"]
    removed = {r["id"]: r["removed"]["partner"] for r in read_jsonl(out / "removed.jsonl")}
    assert removed == {"d3": "d2", "d1": "d1"}


def test_a_contained_document_goes_or_stays(tmp_path: Path) -> None:
    long, other = documents(2)
    short = {"id": "short", "text": long["text"][: len(long["text"]) // 2]}
    path = write_jsonl(tmp_path / "a.jsonl", [short, long, other])
    for choice, kept in (("remove", ["d0", "d1"]), ("keep", ["short", "d0", "d1"])):
        dedup.run(path, tmp_path / choice, settings(contained=choice))
        assert [r["id"] for r in read_jsonl(tmp_path / choice / "corpus.jsonl")] == kept


def test_repeated_paragraphs_stay_once(tmp_path: Path, out: Path) -> None:
    first, second, third = (record["text"].split("\n") for record in documents(3)[:3])
    shared = first[1]
    records = [
        {"id": "a", "text": "\n".join(first)},
        {"id": "b", "text": "\n".join([second[0], shared, second[1], shared])},
        {"id": "c", "text": "\n\n".join([*third, "short line", second[0]])},
        {"id": "d", "text": "\n".join([shared, third[0]])},
    ]
    config = dedup.Settings(
        corpus=dedup.CorpusSettings(level="block", removed=True, contained="keep"),
        near=dedup.NearSettings(keep=Keep.FIRST),
    )
    summary = dedup.run(write_jsonl(tmp_path / "a.jsonl", records), out, config)
    kept = {record["id"]: record["text"] for record in read_jsonl(out / "corpus.jsonl")}
    assert kept == {
        "a": "\n".join(first),
        "b": "\n".join([second[0], second[1]]),
        "c": "\n\n".join([*third, "short line"]),
    }
    assert summary["removed"] == {"repeated": 1}
    assert summary["repeated_paragraphs"] == 5


def test_earliest_and_priority_decide_what_is_kept(tmp_path: Path) -> None:
    text = documents(1)[0]["text"]
    records = [
        {"id": "a", "text": text, "date": "2024-03-01", "priority": 1},
        {"id": "b", "text": text, "date": "2023-03-01T10:00:00Z", "priority": "2"},
        {"id": "c", "text": text, "date": "some day", "priority": 9},
    ]
    path = write_jsonl(tmp_path / "a.jsonl", records)
    for keep, expected in (("earliest", "b"), ("priority", "c"), ("first", "a")):
        config = dedup.Settings(near=dedup.NearSettings(keep=Keep(keep)))
        dedup.run(path, tmp_path / keep, config)
        assert [r["id"] for r in read_jsonl(tmp_path / keep / "corpus.jsonl")] == [expected]


def test_bad_records_are_set_aside_with_place_and_reason(tmp_path: Path, out: Path) -> None:
    good = documents(3)
    lines = [json.dumps(record).encode() for record in good]
    bad = [b'{"text": ', b'{"text": "\xff"}', b'{"txt": 1}', b"null"]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join([lines[0], *bad, *lines[1:]]))
    (tmp_path / "b.warc.gz").write_bytes(warc(make_crawl(1, 4))[:-100])
    (tmp_path / "c.html").write_bytes(bytes(range(256)) * 8)
    inputs = [path, tmp_path / "b.warc.gz", tmp_path / "c.html"]
    summary = dedup.run(inputs, out, settings(output="jsonl"))
    rejected = read_jsonl(out / "rejected.jsonl")
    assert [(row["place"], row["reason"].partition(":")[0]) for row in rejected[:4]] == [
        ("line 2", "bad JSON"),
        ("line 3", "bad UTF-8 at byte 10"),
        ("line 4", "no string under 'html' or 'text'"),
        ("line 5", "a JSON NoneType, not an object"),
    ]
    assert rejected[-1]["place"].endswith("c.html")
    assert any("truncated gzip" in row["reason"] for row in rejected)
    assert summary["rejected"] == len(rejected)
    assert sum(summary["rejected_by_reason"].values()) == len(rejected)
    assert {"d0", "d1"} <= {record["id"] for record in read_jsonl(out / "corpus.jsonl")}


# Loaded by every Python process that has its folder on the path: the workers, not this one.
_SITE = """
import dedup.page.clean, os, time
clean = dedup.page.clean.clean
def dangerous(data, **options):
    data = data if isinstance(data, bytes) else data.encode()
    if b"KILL" in data: os.kill(os.getpid(), 9)
    if b"HANG" in data: time.sleep(600)
    if b"RAISE" in data: raise RecursionError("too deep")
    return clean(data, **options)
dedup.page.clean.clean = dangerous
"""


def test_pages_that_kill_or_hang_a_worker_are_set_aside(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(_SITE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(ROOT))))
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(12):
        word = {3: "KILL", 4: "KILL", 7: "HANG", 9: "RAISE"}.get(number, "fine")
        (pages / f"{number:02}.html").write_text(f"<p>{number} {word} {'text ' * number}</p>")
    # With two processes nothing is done in this one.
    summary = dedup.run(pages, out, settings(page_seconds=4.0), jobs=2)
    rejected = {
        Path(row["place"]).stem: row["reason"] for row in read_jsonl(out / "rejected.jsonl")
    }
    assert rejected == {
        "03": "killed the worker (signal 9)",
        "04": "killed the worker (signal 9)",
        "07": "took longer than 4 s (page_seconds)",
        "09": "RecursionError: too deep",
    }
    assert summary["records"] == 12


def test_a_second_start_needs_resume_and_the_same_settings(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(4))
    first = dedup.run(path, out)
    with pytest.raises(SettingsError, match="resume"):
        dedup.run(path, out)
    assert dedup.run(path, out, resume=True) == first
    with pytest.raises(SettingsError, match=r"settings\.corpus\.removed was False and is True"):
        dedup.run(path, out, settings(removed=True), resume=True)
    write_jsonl(path, documents(5))
    with pytest.raises(SettingsError, match=r"inputs\..*a\.jsonl was \d+ bytes"):
        dedup.run(path, out, resume=True)


def test_settings_that_make_no_sense(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(4))
    with pytest.raises(SettingsError, match="rank 2"):
        dedup.run(path, out, share=(2, 2))
    with pytest.raises(InputError, match="no such file"):
        dedup.run(tmp_path / "b.jsonl", out)
    assert not out.exists()


def test_a_page_over_the_bound_is_set_aside_and_counted(tmp_path: Path, out: Path) -> None:
    page = f"<p>{documents(1)[0]['text']}</p>"
    records = [{"id": 1, "html": page}, {"id": 2, "html": page + " " * 5000}]
    path = write_jsonl(tmp_path / "a.jsonl", records)
    bound = dedup.Settings(page=dedup.PageSettings(max_bytes=5000))
    summary = dedup.run(path, out, bound)
    assert summary["rejected_by_reason"] == {"a page over N bytes (page.max_bytes)": 1}
    assert summary["kept"] == 1
    # Without a bound of the caller's own there is one of 50 MB.
    dedup.run(path, tmp_path / "default")
    started = json.loads((tmp_path / "default" / "run.json").read_bytes())
    assert started["settings"]["page"]["max_bytes"] == 50 << 20


def test_a_directory_with_other_files_is_left_alone(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(4))
    for name in ("corpus.jsonl", "stages/mine.txt"):
        folder = tmp_path / name.replace("/", "-")
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("precious")
        with pytest.raises(SettingsError, match="holds files of something else"):
            dedup.run(path, folder)
        assert (folder / name).read_text() == "precious"
    with pytest.raises(SettingsError, match="no directory"):
        dedup.run(path, path)


def test_only_one_run_at_a_time_in_a_directory(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(4))
    (tmp_path / "whole").mkdir()
    dedup.run(path, tmp_path / "whole")
    with locked(out, shared=False), pytest.raises(RunError, match="another process"):
        dedup.run(path, out, resume=True)
    with locked(out, shared=True):
        assert dedup.run(path, out, share=(0, 2))["rank"] == 0
        with pytest.raises(RunError, match="another process"):
            dedup.run(path, out, resume=True)
    dedup.run(path, out, resume=True)
    assert _same(outputs(out), outputs(tmp_path / "whole"))


def test_a_run_does_not_read_what_it_wrote(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_jsonl(tmp_path / "a.jsonl", documents(4))
    monkeypatch.chdir(tmp_path)
    first = dedup.run(".", "out")
    assert first["records"] == 4
    assert dedup.run(".", "out", resume=True) == first


def test_a_broken_parquet_file_does_not_end_the_run(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(2))
    pq.write_table(pa.Table.from_pylist(documents(3)), tmp_path / "b.parquet")
    (tmp_path / "b.parquet").write_bytes((tmp_path / "b.parquet").read_bytes()[:-50])
    summary = dedup.run([path, tmp_path / "b.parquet"], out)
    assert (summary["kept"], summary["rejected_by_reason"]) == (2, {"broken Parquet": 1})


@pytest.mark.parametrize("output", ["jsonl", "parquet"])
def test_parquet_with_views_and_dictionaries(tmp_path: Path, out: Path, output: str) -> None:
    records = documents(3)
    texts = pa.array([record["text"] for record in records])
    schema = pa.schema(
        {"text": pa.string_view(), "kind": pa.dictionary(pa.int32(), pa.string()), "n": pa.int8()}
    )
    with pq.ParquetWriter(tmp_path / "a.parquet", schema) as writer:
        for row in range(3):  # another dictionary in each row group
            kinds = pa.array([f"kind {row}"]).dictionary_encode()
            columns = [texts[row : row + 1].cast(pa.string_view()), kinds, pa.array([row])]
            writer.write_table(pa.table(columns, names=schema.names).cast(schema))
    dedup.run(tmp_path / "a.parquet", out, settings(output=output))
    if output == "parquet":
        found = pq.read_table(out / "corpus.parquet").to_pylist()
    else:
        found = read_jsonl(out / "corpus.jsonl")
    assert [(r["text"], r["kind"], r["n"]) for r in found] == [
        (record["text"], f"kind {row}", row) for row, record in enumerate(records)
    ]


def test_a_byte_order_mark_line_ends_and_ids_of_any_kind(tmp_path: Path, out: Path) -> None:
    ids = [1, None, {"a": 1}, "same", "same", True]
    records = [{**record, "id": ids[n]} for n, record in enumerate(documents(6))]
    lines = [json.dumps(record).encode() for record in records]
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    summary = dedup.run(tmp_path / "a.jsonl", out, settings(mode="annotate"))
    rows = read_jsonl(out / "annotations.jsonl")
    assert summary["rejected"] == 0
    assert [row["id"] for row in rows[:1] + rows[2:]] == ["1", "{'a': 1}", "same", "same", "True"]
    assert rows[1]["id"].endswith("a.jsonl#1")


def test_a_run_tells_what_it_does_to_those_who_listen(
    tmp_path: Path, out: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [*documents(2), {"text": 3}])
    with caplog.at_level("INFO", "dedup"):
        dedup.run(path, out)
        dedup.run(path, out, resume=True)
    assert {record.name for record in caplog.records} == {"dedup.corpus"}
    told = [record.getMessage() for record in caplog.records]
    stages = ("clean", "templates", "texts", "near", "write")
    assert told[0:10:2] == [f"{stage} begins" for stage in stages]
    assert [line.partition(" has ended: ")[0] for line in told[1:10:2]] == list(stages)
    assert told[7].startswith("near has ended: 3 documents in ")
    assert told[10:] == [
        f"1 of 3 records were set aside: see rejected.jsonl in {out}",
        f"resuming the run in {out}",
    ]


def test_nothing_in_nothing_out(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\n")
    for mode in ("filter", "annotate", "clusters"):
        summary = dedup.run(tmp_path / "a.jsonl", tmp_path / mode, settings(mode=mode))
        assert summary["records"] == 0


def test_an_address_that_is_none_costs_no_page(tmp_path: Path, out: Path) -> None:
    page = "<link rel=canonical href='http://[x'><p>The mill by the river is a school now.</p>"
    record = {"id": 1, "html": page, "url": "http://[bad"}
    summary = dedup.run(write_jsonl(tmp_path / "a.jsonl", [record]), out)
    assert (summary["kept"], summary["rejected"]) == (1, 0)


def test_more_memory_than_allowed_is_refused_by_name(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(40))
    with pytest.raises(RunError, match=r"corpus\.memory"):
        dedup.run(path, out, settings(memory=4000))


def test_a_full_disk_stops_the_run_and_it_goes_on_later(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(30))
    dedup.run(path, tmp_path / "whole")
    real = os.fsync
    calls = iter(range(100))

    def full(handle: int) -> None:
        if next(calls) == 5:
            raise OSError(28, "No space left on device")
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(RunError, match=r"No space left.*--resume"):
            dedup.run(path, out)
    dedup.run(path, out, resume=True)
    assert _same(outputs(out), outputs(tmp_path / "whole"))


def test_ranks_and_merge_give_what_one_run_gives(tmp_path: Path, out: Path) -> None:
    small = settings(part_rows=5, removed=True)
    lines = write_jsonl(tmp_path / "a.jsonl", documents(30))
    (tmp_path / "c.warc.gz").write_bytes(warc(make_crawl(2, 10)))
    inputs = [lines, tmp_path / "c.warc.gz"]
    dedup.run(inputs, tmp_path / "one", small)
    for rank in (2, 0, 1):
        assert dedup.run(inputs, out, small, share=(rank, 3))["rank"] == rank
    dedup.run(inputs, out, small, resume=True)
    assert _same(outputs(out), outputs(tmp_path / "one"))


def test_the_number_of_processes_changes_nothing(tmp_path: Path, out: Path) -> None:
    small = settings(part_rows=5, mode="annotate")
    lines = write_jsonl(tmp_path / "a.jsonl", documents(30))
    (tmp_path / "c.warc.gz").write_bytes(warc(make_crawl(2, 10)))
    for jobs in (1, 3):
        dedup.run([lines, tmp_path / "c.warc.gz"], tmp_path / str(jobs), small, jobs=jobs)
    assert _same(outputs(tmp_path / "1"), outputs(tmp_path / "3"))


def _same(a: dict[str, bytes], b: dict[str, bytes]) -> bool:
    for files in (a, b):
        files.pop("run.json", None)
    assert a.keys() == b.keys()
    for name, data in a.items():
        assert data == b[name], name
    return True


# Everything is imported once; each start of a run is a fork, which is killed with its workers.
_KILLED = """
import json, os, random, signal, sys, time, dedup
level, whole, out, *inputs = sys.argv[1:]
settings = dedup.Settings(corpus=dedup.CorpusSettings(part_rows=8, removed=True, level=level))

def start(folder):
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    dedup.run(inputs, folder, settings, resume=True)
    os._exit(0)

dedup.find_duplicates(["one", "two"])
dedup.clean("<p>one</p><p>two</p>")
began = time.monotonic()
assert os.waitpid(start(whole), 0)[1] == 0
seconds = time.monotonic() - began
rng, kills, ends = random.Random(5), 0, []
while kills < 20 or not ends:
    folder = f"{out}{len(ends)}"
    # When all kills are done, what is left is gone on with to its end.
    wait = seconds * rng.uniform(0.05, 0.5) if kills < 20 else 1e9
    pid, until = start(folder), time.monotonic() + wait
    ended, status = 0, 0
    while not ended and time.monotonic() < until:
        time.sleep(0.002)
        ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        assert status == 0
        ends.append(folder)
    else:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        kills += 1
print(json.dumps([kills, ends]))
"""


@pytest.mark.parametrize("level", ["block", "passage"])
def test_killed_at_random_moments_it_ends_with_the_same_bytes(
    tmp_path: Path, out: Path, level: str
) -> None:
    lines = write_jsonl(tmp_path / "a.jsonl.gz", documents(40))
    (tmp_path / "c.warc.gz").write_bytes(warc(make_crawl(2, 10)))
    whole = tmp_path / "whole"
    command = [sys.executable, "-W", "ignore", "-c", _KILLED]
    paths = [level, whole, out, lines, tmp_path / "c.warc.gz"]
    done = subprocess.run(
        [*command, *map(str, paths)], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    kills, ends = json.loads(done.stdout)
    assert kills == 20
    assert ends
    for folder in ends:
        _same(outputs(Path(folder)), outputs(whole))


def test_pages_of_low_confidence_are_set_apart_and_stand_for_no_other(tmp_path: Path) -> None:
    crawl = make_crawl(2, 10)
    (tmp_path / "a.warc.gz").write_bytes(warc(crawl))
    lines = write_jsonl(tmp_path / "b.jsonl", documents(4))
    inputs = [tmp_path / "a.warc.gz", lines]
    sure = dict.fromkeys((page.url for page in crawl), 0.0)
    for page in crawl:
        sure[page.url] = dedup.clean(page.html.encode(), url=page.url).confidence
    below = sorted(sure.values())[len(crawl) // 3]
    lower = {url for url, confidence in sure.items() if confidence < below}
    for output in ("jsonl", "parquet"):
        out = tmp_path / output
        summary = dedup.run(inputs, out, settings(below=below, removed=True, output=output))
        tables = {
            name: read_jsonl(out / f"{name}.jsonl")
            if output == "jsonl"
            else pq.read_table(out / f"{name}.parquet").to_pylist()
            for name in ("corpus", "removed", "uncertain")
        }
        assert {record["url"] for record in tables["uncertain"]} == lower
        assert summary["removed"]["uncertain"] == len(lower) > 0
        others = [*tables["corpus"], *tables["removed"]]
        assert not lower & {record["url"] for record in others if record.get("url")}
        for record in (*others, *tables["uncertain"]):
            if record.get("url"):
                assert record["type"]
                assert record["confidence"] == pytest.approx(sure[record["url"]], abs=1e-4)
                assert 0 < record["type_probability"] <= 1
            else:
                assert record.get("confidence") is None
    apart = tmp_path / "apart.jsonl.gz"
    dedup.run(inputs, tmp_path / "path", settings(below=below, below_path=str(apart)))
    assert {record["url"] for record in read_jsonl(apart)} == lower


@pytest.mark.parametrize("wrong", [{"below": 1.5}, {"below": 0.5, "below_path": "a.txt"}])
def test_where_pages_are_set_apart_is_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r"corpus\.below"):
        dedup.CorpusSettings(**wrong)
