import os
from pathlib import Path

import pytest

from dedup.config import CorpusSettings
from dedup.corpus.io.records import Raw, Reject
from tests.corpus.conftest import write_jsonl
from tests.corpus.io.conftest import items


def test_a_line_over_the_limit_is_set_aside_and_the_next_is_read(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", [{"text": "x" * 5000}, {"text": "short"}])
    first, second = items(path, CorpusSettings(record_bytes=1000))
    assert isinstance(first, Reject)
    assert "record_bytes" in first.reason
    assert isinstance(second, Raw)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<p>x")
    path.chmod(0)
    (item,) = items(path)
    assert "unreadable" in item.reason
