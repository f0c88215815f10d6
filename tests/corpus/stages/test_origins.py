"""No source is wiped out: counts by source, warnings, and the floor that ends a run."""

import random
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup.errors import RunError, SettingsError
from tests.corpus.conftest import read_jsonl, write_jsonl
from tests.support.prose import headline, paragraph

RNG = random.Random("notice")
NOTICE = [paragraph("en", RNG, 6) for _ in range(4)]


def pages(count: int = 24) -> list[dict[str, Any]]:
    """Pages of a host that share a long template, and a short text of their own in it."""
    records = []
    for number in range(count):
        rng = random.Random(number)
        notice = "".join(f"<p>{text}</p>" for text in NOTICE)
        html = (
            f"<html><body><article><h1>{headline('en', rng)}</h1><p>{paragraph('en', rng, 2)}</p>"
            f"</article><div class='note'>{notice}</div></body></html>"
        )
        records.append({"id": f"p{number}", "url": f"http://site.example/{number}", "html": html})
    return records


def settings(pages: int = 4, **near: Any) -> dedup.Settings:
    return dedup.Settings(
        near=dedup.NearSettings(**near), templates=dedup.TemplateSettings(pages=pages)
    )


def test_documents_that_share_only_a_template_stay(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", pages())
    summary = dedup.run(path, out, settings(source_floor=0.9, threshold=0.7))
    assert summary["kept"] == 24
    assert summary["template_blocks"] == 24 * len(NOTICE)
    assert not any(NOTICE[0] in record["text"] for record in read_jsonl(out / "corpus.jsonl"))
    assert summary["sources"] == {"count": 1, "most_repeats": []}
    assert summary["warnings"] == []


def test_without_templates_the_floor_names_the_cluster_and_what_they_share(
    tmp_path: Path, out: Path
) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", pages())
    with pytest.raises(RunError) as refused:
        dedup.run(path, out, settings(pages=1000, source_floor=0.5, threshold=0.7))
    message = str(refused.value)
    assert "23 of 24 documents of site.example would go" in message
    assert "23 for 'p" in message
    assert NOTICE[0][:30] in message
    assert "near.source_floor" in message
    assert not (out / "corpus.jsonl").exists()


def test_without_a_floor_the_summary_warns(tmp_path: Path, out: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", pages())
    summary = dedup.run(path, out, settings(pages=1000, threshold=0.7))
    (most,) = summary["sources"]["most_repeats"]
    assert most == {"source": "site.example", "records": 24, "repeats": 23, "share": 0.9583}
    (warning,) = summary["warnings"]
    assert "23 of 24 documents of site.example" in warning


@pytest.mark.parametrize("key", [None, "feed"])
def test_sources_go_by_a_key_or_else_by_the_input(tmp_path: Path, out: Path, key: str) -> None:
    text = paragraph("en", random.Random(1), 8)
    records = [{"id": str(n), "text": text, "feed": "ab"[n % 2]} for n in range(40)]
    path = write_jsonl(tmp_path / "a.jsonl", records)
    summary = dedup.run(path, out, dedup.Settings(keys=dedup.KeySettings(source=key)))
    found = {row["source"]: row["repeats"] for row in summary["sources"]["most_repeats"]}
    assert found in ({"a": 20, "b": 19}, {"a": 19, "b": 20}) if key else found == {str(path): 39}


@pytest.mark.parametrize("floor", [-0.1, 1.1])
def test_a_floor_is_a_share(floor: float) -> None:
    with pytest.raises(SettingsError, match=r"near\.source_floor"):
        dedup.NearSettings(source_floor=floor)
