"""Another threshold or keep rule without another run: the same as a run with it."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import dedup
from dedup.cli import main
from dedup.corpus.cluster import cluster
from dedup.errors import SettingsError
from tests.corpus.conftest import write_jsonl
from tests.support.crawl import make_crawl, warc
from tests.support.prose import paragraph


def alike(count: int = 60) -> list[dict[str, Any]]:
    """Documents of which many are edited copies of others, more or less."""
    rng = random.Random(3)
    records: list[dict[str, Any]] = []
    for number in range(count):
        sentences = [paragraph("en", rng, 1) for _ in range(12)]
        if number % 3:
            old = records[-1]["text"].split("\n")
            changed = rng.randrange(0, 5)
            sentences = [*old[changed:], *sentences[:changed]]
        records.append(
            {"id": f"d{number}", "text": "\n".join(sentences), "date": f"20{number:02}-01-01"}
        )
    return records


@pytest.mark.parametrize("corpus", [{}, {"mode": "clusters"}, {"level": "block", "removed": True}])
def test_clustered_anew_it_is_as_run_anew(tmp_path: Path, corpus: dict[str, Any]) -> None:
    inputs = [write_jsonl(tmp_path / "a.jsonl", alike())]
    if not corpus:
        inputs.append(tmp_path / "b.warc.gz")
        inputs[1].write_bytes(warc(make_crawl(2, 8)))

    def settings(**near: Any) -> dedup.Settings:
        return dedup.Settings(
            near=dedup.NearSettings(floor=0.5, **near),
            corpus=dedup.CorpusSettings(output="jsonl", part_rows=20, **corpus),
        )

    dedup.run(inputs, tmp_path / "out", settings(), against=[inputs[0]] if corpus else ())
    for threshold, keep, jobs in ((0.6, "earliest", 1), (0.9, "first", 2)):
        again = tmp_path / f"{threshold}"
        dedup.run(
            inputs,
            again,
            settings(threshold=threshold, keep=keep),
            against=[inputs[0]] if corpus else (),
        )
        cluster(tmp_path / "out", threshold=threshold, keep=keep, jobs=jobs)
        ours, theirs = _files(tmp_path / "out"), _files(again)
        assert ours == theirs
        report = json.loads(ours["summary.json"])["near"]
        sides = [pair["jaccard"] >= threshold for pair in report["nearest"]]
        assert sides == sorted(sides)
        assert len(sides) > 1


def _files(out: Path) -> dict[str, bytes]:
    """The outputs, without what a run notes of itself."""
    skipped = ("run.json", "manifest.jsonl")
    files = [path for path in out.iterdir() if path.is_file() and path.name not in skipped]
    found = {path.name: path.read_bytes() for path in files}
    summary = json.loads(found["summary.json"])
    for name in ("time", "records_per_second"):
        summary.pop(name, None)
    found["summary.json"] = json.dumps(summary).encode()
    return found


def test_a_lower_threshold_than_the_floor_and_no_pairs_are_refused(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", alike(9))
    dedup.run(path, tmp_path / "without")
    with pytest.raises(SettingsError, match=r"near\.floor"):
        cluster(tmp_path / "without", threshold=0.9)
    dedup.run(path, tmp_path / "with", dedup.Settings(near=dedup.NearSettings(floor=0.7)))
    with pytest.raises(SettingsError, match=r"below 0\.7"):
        cluster(tmp_path / "with", threshold=0.6)
    with pytest.raises(SettingsError, match=r"near\.floor"):
        dedup.NearSettings(floor=0.9)


def test_the_command_tells_the_pairs_next_to_the_threshold(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", alike())
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["run", str(path), "-o", str(out), "--set", "near.floor=0.5"])
    assert done.exit_code == 0, done.output
    before = (out / "corpus.jsonl").read_bytes()
    done = CliRunner().invoke(main, ["cluster", str(out), "--threshold", "0.6"])
    assert done.exit_code == 0, done.output
    assert "below the threshold" in done.output
    assert "from the threshold" in done.output
    assert (out / "corpus.jsonl").read_bytes() != before


def test_runs_with_rules_of_sites_and_against_saved_references(tmp_path: Path) -> None:
    records = alike(30)
    old, new = (
        write_jsonl(tmp_path / f"{name}.jsonl", some)
        for name, some in (("old", records[:15]), ("new", records[12:]))
    )
    near, page = {"floor": 0.5}, {"rules": {"a.org": {"drop": [".x"]}}}
    dedup.run([old], tmp_path / "saved", {"corpus": {"mode": "reference"}, "near": near})
    given: dict[str, Any] = {"near": near, "page": page}
    dedup.run(new, tmp_path / "out", given, against=[tmp_path / "saved"])
    before = _files(tmp_path / "out")
    cluster(tmp_path / "out", threshold=0.9)
    assert _files(tmp_path / "out") != before
    cluster(tmp_path / "out")
    assert _files(tmp_path / "out") == before


def test_wrong_usage_leaves_the_outputs_as_they_are(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", alike(9))
    dedup.run([path], tmp_path / "out", {"near": {"floor": 0.5}})
    before = _files(tmp_path / "out")
    wrong: dict[str, Any]
    for wrong in ({"jobs": 0}, {"jobs": -1}, {"threshold": "x"}, {"keep": "cleanest"}):
        with pytest.raises(SettingsError):
            cluster(tmp_path / "out", **wrong)
    assert _files(tmp_path / "out") == before
    with pytest.raises(SettingsError, match="1 or more processes"):
        dedup.run([path], tmp_path / "more", jobs=0)
