"""`dedup run --engine spark` writes the records that `dedup run` writes, file for file."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from dedup import run
from dedup.cli.run import command
from dedup.config import CorpusSettings, KeySettings, NearSettings, Settings
from dedup.errors import SettingsError
from dedup.spark.costs import estimate
from dedup.spark.run import run as run_on_spark
from tests.paths import FIXTURES
from tests.support.crawl import make_crawl, warc


def whole(folder, name):
    """The files of a kind, one after the other."""
    stem, _, suffix = name.partition(".")
    return b"".join(path.read_bytes() for path in sorted((folder / stem).glob(f"*.{suffix}")))


@pytest.fixture
def inputs(tmp_path):
    """Two crawls, one of them damaged at its end; lines of texts, some of them none; a table."""
    page = FIXTURES / "crawl" / "crawl.warc.gz"
    more = tmp_path / "more.warc"
    more.write_bytes(warc(make_crawl(3, 6)) + b"WARC/1.0\r\ngarbage")
    lines = tmp_path / "texts.jsonl"
    said = "of the year the council of the valley met, and nothing else was said there by anybody"
    texts = [f"On day {n} {said}" + " at all" * (n % 3) for n in range(8)]
    records = [
        {"id": f"t{n}", "text": text, "date": f"2024-01-{9 - n % 5:02}", "more": {"n": n}}
        for n, text in enumerate([*texts, texts[0], "", texts[1].upper()])
    ]
    lines.write_text("\n".join(map(json.dumps, records)) + "\nno json\n" + '{"text": 1}\n')
    return [str(page), str(more), str(lines)]


def test_the_files_are_those_of_one_machine(spark, tmp_path, inputs):
    settings = Settings(corpus=CorpusSettings(removed=True, part_rows=5, output="jsonl"))
    expected = run(inputs, tmp_path / "one", settings, jobs=2)
    options = ["--out", str(tmp_path / "two"), "--removed", "--output-format", "jsonl"]
    options += ["--set", "corpus.part_rows=5", "--engine", "spark", "--log-format", "json"]
    result = CliRunner().invoke(command, [*inputs, *options])
    assert result.exit_code == 1, result.output  # some records were set aside
    for name in ("corpus.jsonl", "removed.jsonl", "rejected.jsonl"):
        found = whole(tmp_path / "two", name)
        assert found == (tmp_path / "one" / name).read_bytes()
        assert found
    found = json.loads((tmp_path / "two" / "summary.json").read_bytes())
    for name in expected.keys() - {"time", "records_per_second", "files"}:
        assert found[name] == expected[name], name
    assert expected["template_blocks"] > 0
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == [
        "corpus", "rejected", "removed", "run.json", "summary.json",
    ]  # fmt: skip


@pytest.mark.parametrize("mode", ["annotate", "clusters"])
def test_annotations_and_clusters_are_those_of_one_machine(spark, tmp_path, inputs, mode):
    settings = Settings(
        near=NearSettings(keep="earliest"), corpus=CorpusSettings(mode=mode, part_rows=7)
    )
    given = {"against": inputs[2:]} if mode == "clusters" else {}
    run(inputs, tmp_path / "one", settings, **given)
    run_on_spark(inputs, tmp_path / "two", settings, **given)
    if mode == "annotate":
        expected = (tmp_path / "one" / "annotations.jsonl").read_bytes()
        assert whole(tmp_path / "two", "annotations.jsonl") == expected
        return
    files = sorted((tmp_path / "two" / "clusters").iterdir())
    found = pa.concat_tables([pq.read_table(path) for path in files])
    assert found.equals(pq.read_table(tmp_path / "one" / "clusters.parquet"))
    assert found.num_rows


def test_tables_keep_their_columns_and_a_run_is_resumed(spark, tmp_path, monkeypatch):
    rows = {"key": pa.array(range(9), pa.int32()), "body": ["a b c d e f g h"] * 4 + list("vwxyz")}
    pq.write_table(pa.table(rows), tmp_path / "a.parquet")
    rows = {**rows, "when": pa.array([7] * 9, pa.timestamp("ms"))}
    pq.write_table(pa.table(rows), tmp_path / "b.parquet")
    inputs = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    settings = Settings(keys=KeySettings(text="body", id="key"))

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("dedup.spark.stages.write", killed)
        with pytest.raises(KeyboardInterrupt):
            run_on_spark(inputs, tmp_path / "two", settings)
    other = Settings(keys=settings.keys, near=NearSettings(cap=9))
    with pytest.raises(SettingsError, match=r"near\.cap was 64 and is 9"):
        run_on_spark(inputs, tmp_path / "two", other, resume=True)
    monkeypatch.setattr("dedup.spark.stages.clean", killed)
    summary = run_on_spark(inputs, tmp_path / "two", settings, resume=True)
    run(inputs, tmp_path / "one", settings)
    files = sorted((tmp_path / "two" / "corpus").iterdir())
    found = pa.concat_tables([pq.read_table(path) for path in files])
    assert found.equals(pq.read_table(tmp_path / "one" / "corpus.parquet"))
    assert summary["kept"] == found.num_rows == 6
    assert run_on_spark(inputs, tmp_path / "two", settings, resume=True) == summary


def test_what_is_for_one_machine_is_refused(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n')
    for settings in ({"corpus": {"level": "block"}}, {"near": {"keep": "cleanest"}}):
        with pytest.raises(SettingsError, match="on Spark"):
            run_on_spark([path], tmp_path / "out", settings)
    with pytest.raises(SettingsError, match="standard input"):
        run_on_spark(["-"], tmp_path / "out")


def test_a_dry_run_says_what_it_would_cost(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "one two three"}\n' * 100)
    options = ["--out", str(tmp_path / "out"), "--engine", "spark", "--dry-run"]
    result = CliRunner().invoke(command, [str(path), *options])
    assert "100 documents" in result.output
    assert "shuffled" in result.output
    assert not (tmp_path / "out").exists()
    small, large = estimate(10**6, 2 * 10**9, 8), estimate(10**7, 2 * 10**10, 8)
    assert 9 < large.shuffle_bytes / small.shuffle_bytes < 11
