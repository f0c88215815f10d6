"""What the tests of the corpus share: sources in every format, and how to run and compare."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dedup
from tests.support.prose import paragraph

pytest.importorskip("pyarrow")

Run = Callable[..., dict[str, Any]]


def documents(count: int = 12, seed: int = 0) -> list[dict[str, Any]]:
    """Records with unknown fields; each fourth is a copy of the one before, a little longer."""
    rng = random.Random(seed)
    records: list[dict[str, Any]] = []
    for number in range(count):
        language = "zh" if number % 2 else "en"
        text = "\n".join(paragraph(language, rng, 4) for _ in range(3))
        if number % 4 == 3:
            text = records[-1]["text"] + " And so on."
        records.append({"id": f"d{number}", "text": text, "lang": language, "tags": [number, 7]})
    return records


def write_jsonl(path: Path, records: list[dict[str, Any]]) -> Path:
    """Write JSON lines, compressed as the name says."""
    data = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
    if path.suffix == ".gz":
        data = gzip.compress(data)
    elif path.suffix == ".zst":
        import zstandard

        data = zstandard.compress(data)
    path.write_bytes(data)
    return path


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines, compressed as the name says."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".zst":
        import zstandard

        data = zstandard.ZstdDecompressor().decompressobj().decompress(data)
    return [json.loads(line) for line in data.splitlines()]


def outputs(folder: Path) -> dict[str, bytes]:
    """All files of a finished run by name, the times taken out of the summary."""
    found = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    summary = json.loads(found["summary.json"])
    for name in ("time", "records_per_second"):
        summary.pop(name)
    found["summary.json"] = json.dumps(summary).encode()
    return found


def settings(**corpus: Any) -> dedup.Settings:
    """Settings of a run."""
    return dedup.Settings(corpus=dedup.CorpusSettings(**corpus))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where a run writes to."""
    return tmp_path / "out"
