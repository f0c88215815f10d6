import gzip
import io
import random

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from dedup.corpus.io.streams import Resumable, lines, open_stream

DATA = random.Random(3).randbytes(300_000)
LINES = b"".join(b"line %d of many\n" % number for number in range(5000))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_what_was_packed_comes_out(pack) -> None:
    problems: list[str] = []
    assert open_stream(io.BytesIO(pack(DATA)), problems).read() == DATA
    assert problems == []


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_members_and_frames_follow_each_other(pack) -> None:
    problems: list[str] = []
    packed = b"".join(pack(LINES[at : at + 1000]) for at in range(0, len(LINES), 1000))
    assert open_stream(io.BytesIO(packed), problems).read() == LINES
    assert problems == []


@pytest.mark.parametrize(("pack", "name"), [(gzip.compress, "gzip"), (zstandard.compress, "zstd")])
@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_cut_file_gives_what_is_there_and_one_problem(pack, name, keep) -> None:
    problems: list[str] = []
    packed = pack(LINES)
    found = open_stream(io.BytesIO(packed[: int(len(packed) * keep)]), problems).read()
    assert LINES.startswith(found)
    assert [problem.partition(" at ")[0] for problem in problems] == [f"truncated {name}"]


def test_behind_a_broken_gzip_member_reading_goes_on() -> None:
    members = [gzip.compress(b"%d\n" % n * 200) for n in range(3)]
    middle = bytearray(members[1])
    middle[12:16] = b"\xff\xff\xff\xff"
    problems: list[str] = []
    found = open_stream(io.BytesIO(members[0] + bytes(middle) + members[2]), problems).read()
    assert found.startswith(b"0\n" * 200)
    assert found.endswith(b"2\n" * 200)
    assert len(problems) == 1


def test_a_bomb_is_not_unpacked_at_once() -> None:
    stream = open_stream(io.BytesIO(gzip.compress(bytes(50_000_000))), [])
    assert len(stream.read(1000)) == 1000
    assert len(stream._ready) <= 4 << 20


@given(st.binary(max_size=400), st.integers(1, 50))
def test_lines_are_those_of_splitting(data: bytes, limit: int) -> None:
    expected = data.split(b"\n")
    expected = expected[:-1] if expected[-1] == b"" else expected
    found = list(lines(io.BytesIO(data), limit))
    assert len(found) == len(expected)
    for (line, whole), full in zip(found, expected, strict=True):
        assert whole == (len(full) <= limit)
        assert line == (full.removesuffix(b"\r") if whole else full[:limit])


@given(st.binary(max_size=300), st.integers(1, 40))
def test_any_bytes_with_a_packed_beginning_are_read_to_an_end(data: bytes, size: int) -> None:
    for magic in (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"):
        problems: list[str] = []
        stream = open_stream(io.BytesIO(magic + data), problems)
        while stream.read(size):
            pass
        assert problems


@given(st.lists(st.integers(1, 60), max_size=20), st.integers(0, 200))
def test_a_restart_finds_the_next_marker(reads: list[int], position: int) -> None:
    data = b"".join(b"<%03d>..........." % number for number in range(50))
    stream = Resumable(io.BytesIO(data), window=64)
    given_out = sum(len(stream.read(size)) for size in reads)
    position = min(position, given_out)
    expected = data.find(b"<", max(position, 0))
    remembered = given_out - position <= 64
    assert stream.skip_to(b"<", position) == (expected >= 0)
    if remembered:
        assert stream.read() == data[expected:][: len(stream._given)] or stream.base == expected
