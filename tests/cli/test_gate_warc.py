"""``dedup gate --warc``: what passes, what becomes a revisit, and what is learnt on the way."""

import gzip
import io
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dedup import Index, Templates
from dedup.cli import gate_warc
from dedup.cli.inputs import Failures
from dedup.corpus.io.warc_records import IDENTICAL, SIMILAR
from tests.support.crawl import make_crawl, warc

fastwarc = pytest.importorskip("fastwarc.warc")


def gate(index: Path, given: bytes, *options: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "dedup", "gate", "--index", str(index), "--warc", *options]
    return subprocess.run(command, input=given, capture_output=True, check=False)


def read(data: bytes) -> list[tuple[dict[str, str], bytes]]:
    found = fastwarc.ArchiveIterator(io.BytesIO(data), parse_http=False)
    return [(dict(record.headers.astuples()), record.reader.read()) for record in found]


def test_new_pages_pass_as_they_came_and_seen_ones_are_revisits(tmp_path: Path) -> None:
    pages = make_crawl(2, 20)
    given = warc(pages)
    done = gate(tmp_path / "seen.db", given)
    assert done.returncode == 0, done.stderr
    before, after = read(given), read(done.stdout)
    assert len(before) == len(after)
    counts = {
        name: int(number) for number, name in re.findall(r"(\d+) (\w+)", done.stderr.decode())
    }
    assert counts["new"] > 20
    assert counts["near"] + counts["exact"] + counts["contains"] > 2
    ids = [headers["WARC-Record-ID"] for headers, _ in before]
    seen = 0
    for (was, block), (is_, now) in zip(before, after, strict=True):
        if is_["WARC-Type"] == "response":
            assert (is_, now) == (was, block)
            continue
        seen += 1
        assert is_["WARC-Type"] == "revisit"
        assert is_["WARC-Profile"] == SIMILAR
        assert is_["WARC-Target-URI"] == was["WARC-Target-URI"]
        assert is_["Dedup-Partner"] == is_["WARC-Refers-To"]
        assert ids.index(is_["Dedup-Partner"]) < ids.index(was["WARC-Record-ID"])
        assert now == block[: block.index(b"\r\n\r\n") + 4]
        assert int(is_["Content-Length"]) == len(now)
        assert is_["Dedup-Relation"] in ("near", "exact", "contains")
    assert seen == sum(counts.values()) - counts["new"]
    again = gate(tmp_path / "seen.db", given)
    revisits = [headers for headers, _ in read(again.stdout)]
    same = [headers for headers in revisits if headers["WARC-Profile"] == IDENTICAL]
    assert len(same) == counts["new"]
    assert {headers["WARC-Type"] for headers in revisits} == {"revisit"}
    assert same[0]["WARC-Payload-Digest"].startswith("sha1:")
    assert same[0]["WARC-Refers-To-Target-URI"] == same[0]["WARC-Target-URI"]


def test_templates_are_learnt_and_kept_in_the_index(tmp_path: Path) -> None:
    index = tmp_path / "seen.db"
    crawl = make_crawl(2, 30, seed=3)
    half = len(crawl) // 2
    gate(index, warc(crawl[:half]))
    with Index(index) as opened:
        first = Templates.from_bytes(opened.get("templates") or b"")
    gate(index, warc(crawl[half:]))
    with Index(index) as opened:
        both = Templates.from_bytes(opened.get("templates") or b"")
    hosts = {page.url.split("/")[2] for page in crawl}
    assert all(both.judges(host.removeprefix("www.")) or both.judges(host) for host in hosts)
    once = Templates()
    once.merge(first)
    once.merge(both.since(first))
    assert once.to_bytes() == both.to_bytes()


def test_other_and_broken_records(tmp_path: Path) -> None:
    info = (
        b"WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:1>\r\nContent-Length: 4\r\n"
    )
    info += b"\r\nabcd\r\n\r\n"
    given = (
        gzip.compress(info) + warc(make_crawl(1, 2)) + gzip.compress(info.replace(b": 4", b": 9"))
    )
    done = gate(tmp_path / "seen.db", given)
    assert done.returncode == 1
    assert b"truncated" in done.stderr
    found = read(done.stdout)
    assert found[0] == ({"WARC-Type": "warcinfo", "WARC-Record-ID": "<urn:uuid:1>",
                         "Content-Length": "4"}, b"abcd")  # fmt: skip
    assert len(found) == 3
    assert gzip.decompress(done.stdout).startswith(b"WARC/1.0\r\nWARC-Type: warcinfo\r\n")


def test_cancelled_crawls_and_wrong_usage(tmp_path: Path) -> None:
    index, given = tmp_path / "seen.db", warc(make_crawl(1, 6))
    first = gate(index, given, "--crawl", "june")
    with Index(index) as opened:
        assert opened.cancel("june") == sum(
            headers["WARC-Type"] == "response" for headers, _ in read(first.stdout)
        )
    assert b"response" in gzip.decompress(gate(index, given).stdout)
    assert gate(index, given, "--mark").returncode == 2


def test_what_nobody_took_was_not_seen(tmp_path: Path) -> None:
    index, given = tmp_path / "seen.db", warc(make_crawl(1, 6))
    command = [sys.executable, "-m", "dedup", "gate", "--warc", "--index", str(index)]
    pipes: dict[str, Any] = {"stdin": -1, "stdout": -1, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        process.stdin.write(given)
        process.stdin.close()
        assert process.wait() not in (0, -signal.SIGSEGV)
    with Index(index) as opened:
        assert len(opened) == 0


def response(number: int, text: str, encoding: str, length: bool = True) -> bytes:
    page = f"<html><body><p>{text}</p></body></html>".encode()
    block = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset={encoding}\r\n\r\n".encode()
    block += page
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
    head += "Content-Type: application/http\r\n"
    head += f"Content-Length: {len(block)}\r\n" if length else ""
    return gzip.compress(head.encode() + b"\r\n" + block + b"\r\n\r\n")


TEXT = "The old mill by the river was sold to the town, which made a school of it last year. " * 3


def test_an_encoding_that_nobody_knows_says_nothing(tmp_path: Path) -> None:
    given = response(1, TEXT, "utf-8") + response(2, TEXT + "So it goes.", "utf8mb4")
    done = gate(tmp_path / "seen.db", given)
    assert done.returncode == 0, done.stderr
    assert [headers["WARC-Type"] for headers, _ in read(done.stdout)] == ["response", "revisit"]


def test_a_record_without_a_length_is_told_and_not_passed_on_empty(tmp_path: Path) -> None:
    given = response(1, TEXT, "utf-8", length=False) + response(2, "A page. " * 30, "utf-8")
    done = gate(tmp_path / "seen.db", given)
    assert done.returncode == 1
    assert b"record 1: broken WARC record: no Content-Length" in done.stderr
    assert [headers["WARC-Record-ID"] for headers, _ in read(done.stdout)] == ["<urn:uuid:2>"]


def test_records_that_are_no_pages_are_not_gathered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = b"WARC/1.0\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
    info = gzip.compress(info + b"Content-Length: 60\r\n\r\n" + b"x" * 60 + b"\r\n\r\n")
    written: list[int] = []
    monkeypatch.setattr(gate_warc, "_BYTES", 100)
    monkeypatch.setattr(gate_warc, "pass_bytes", lambda data: written.append(len(read(data))))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(info * 5)))
    failures = Failures()
    with Index(tmp_path / "seen.db") as index:
        gate_warc.pass_warc(index, failures, Nothing())
    assert written == [2, 2, 1]


class Nothing:
    """Holds no signals."""

    def hold(self) -> None: ...

    def let(self) -> None: ...
