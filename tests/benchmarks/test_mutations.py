"""Mutated pages: a few through `clean` and `run`, as ``python -m benchmarks mutations`` does."""

from pathlib import Path

import pytest

from benchmarks import mutations


def test_a_page_is_the_same_each_time() -> None:
    assert mutations.mutant(7, 1) == mutations.mutant(7, 1)
    assert len({mutations.mutant(number, 1) for number in range(20)}) > 15


def test_a_batch_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutations, "BATCH", 20)
    one = mutations.clean_batch(0, 1)
    assert one.wrong == []
    assert one.digest == mutations.clean_batch(0, 1).digest
    monkeypatch.setattr(mutations.dedup, "clean", lambda *given, **named: 1 / 0)
    assert len(mutations.clean_batch(0, 1).wrong) == 20


def test_every_page_of_a_run_is_accounted_for(tmp_path: Path) -> None:
    told = mutations.through_run(30, 1, tmp_path)
    assert told["wrong"] == []
    assert told["records"] == 30
