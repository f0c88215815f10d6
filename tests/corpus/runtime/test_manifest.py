"""Files are whole or not there, and the manifest knows which."""

from pathlib import Path

import pytest

from dedup.corpus.runtime.files import new_file, write_bytes
from dedup.corpus.runtime.lock import locked
from dedup.corpus.runtime.manifest import Manifest
from dedup.errors import RunError


def test_a_file_is_there_only_when_it_is_whole(tmp_path: Path) -> None:
    def cut_short() -> None:
        with new_file(tmp_path, "a/b.bin") as file:
            file.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        cut_short()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    entry = write_bytes(tmp_path, "a/b.bin", b"whole")
    assert (tmp_path / entry.name).read_bytes() == b"whole"
    assert entry.size == 5


def test_a_listed_file_is_whole_until_its_bytes_change(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.add(write_bytes(tmp_path, "one", b"1"))
    manifest.note("parts of 0", 3)
    (tmp_path / "two").write_bytes(b"2")  # renamed, but the process died before it was listed
    again = Manifest(tmp_path)
    assert again.whole("one")
    assert not again.whole("two")
    assert again.fact("parts of 0") == 3
    (tmp_path / "one").write_bytes(b"x")
    assert not Manifest(tmp_path).whole("one")


def test_a_line_cut_short_counts_for_nothing_and_swallows_none(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.add(write_bytes(tmp_path, "one", b"1"))
    path = tmp_path / "manifest.jsonl"
    path.write_bytes(path.read_bytes() + b'{"name": "tw')
    again = Manifest(tmp_path)
    again.add(write_bytes(tmp_path, "three", b"3"))
    last = Manifest(tmp_path)
    assert last.whole("one")
    assert last.whole("three")


def test_one_at_a_time_or_several_that_share(tmp_path: Path) -> None:
    with locked(tmp_path, shared=True), locked(tmp_path, shared=True):  # noqa: SIM117
        with pytest.raises(RunError, match="another process"), locked(tmp_path, shared=False):
            pass
    with locked(tmp_path, shared=False):  # noqa: SIM117
        with pytest.raises(RunError, match="another process"), locked(tmp_path, shared=True):
            pass
