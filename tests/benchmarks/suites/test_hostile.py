"""The hostile pages are as large as they say, and each is measured by itself."""

import pytest

from benchmarks.outcome import Kind, Outcome
from benchmarks.suites import hostile


@pytest.mark.parametrize("name", [*hostile.LARGE, *hostile.TINY])
def test_pages_have_the_size_that_was_asked_for(name: str) -> None:
    size = 50_000
    made = {**hostile.LARGE, **hostile.TINY}[name](size)
    data = made if isinstance(made, bytes) else made.encode("utf-8", "surrogatepass")
    assert 0.8 * size <= len(data) <= 1.2 * size


def test_one_page_is_measured_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostile, "_CLEAN", hostile._CLEAN.replace("* MB)", "* MB // 50)"))
    out = Outcome("hostile")
    hostile._measure(out, "table cells", 1, "all blocks")
    values = {figure.column: figure for figure in out.figures}
    assert values["blocks"].value > 1000
    assert values["CPU s"].value > 0
    assert values["MB"].kind is Kind.COST
