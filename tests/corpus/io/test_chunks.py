from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dedup.config import CorpusSettings
from dedup.corpus.io.chunks import chunks
from dedup.corpus.io.sources import find_sources
from tests.corpus.conftest import documents, write_jsonl
from tests.corpus.io.conftest import SETTINGS


def test_chunks_do_not_depend_on_anything_but_the_source(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", documents(20))
    (source,) = find_sources([path], SETTINGS)
    small = CorpusSettings(part_rows=7)
    cut = list(chunks(0, source, small))
    assert [len(chunk.items) for chunk in cut] == [7, 7, 6]
    assert cut == list(chunks(0, source, small))
    by_bytes = list(chunks(0, source, CorpusSettings(part_bytes=3000)))
    assert sum(len(chunk.items) for chunk in by_bytes) == 20
    assert all(chunk.bytes >= 3000 for chunk in by_bytes[:-1])


def test_parquet_comes_in_chunks_of_its_rows_and_breaks_with_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(documents(200)), path, row_group_size=64)
    (source,) = find_sources([path], SETTINGS)
    cut = list(chunks(0, source, CorpusSettings(part_rows=100)))
    assert [chunk.first_row for chunk in cut] == [0, 128]
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4000] = bytes(4000)
    path.write_bytes(data)
    broken = list(chunks(0, source, CorpusSettings(part_rows=100)))
    assert "broken Parquet" in broken[-1].items[0].reason
