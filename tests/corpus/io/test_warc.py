import gzip
from pathlib import Path

import pytest

from dedup.corpus.io.records import Form, Raw, Reject, Skipped
from tests.corpus.io.conftest import items
from tests.support.crawl import make_crawl, warc

CRAWL = make_crawl(2, 4)
PAGES = len(CRAWL)


def test_every_page_of_a_warc_and_where_it_came_from(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(warc(CRAWL))
    found = items(path)
    assert [item.url for item in found] == [page.url for page in CRAWL]
    assert found[0].data == CRAWL[0].html.encode()
    assert found[0].encoding == "utf-8"
    plain = tmp_path / "a.warc"
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    assert items(plain) == found


def wet(text: str, kind: str = "conversion") -> bytes:
    body = text.encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://a.example/\r\n"
        "WARC-Date: 2024-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


def test_wet_records_are_pages_and_the_rest_is_skipped_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.wet"
    path.write_bytes(wet("warcinfo", "warcinfo") + wet("标题\n正文") + wet("x", "request"))
    skipped, page, other = items(path)
    assert isinstance(skipped, Skipped)
    assert isinstance(other, Skipped)
    assert (page.data.decode(), page.form) == ("标题\n正文", Form.PAGE)


@pytest.mark.parametrize("packed", [False, True])
def test_broken_warc_records_are_stepped_over(tmp_path: Path, packed: bool) -> None:
    whole = warc(CRAWL)
    members = [gzip.compress(part) for part in _records(gzip.decompress(whole))]
    plain = _records(gzip.decompress(whole))
    if packed:
        bad = bytearray(members[2])
        bad[40:48] = bytes(8)
        data = b"".join([*members[:2], bytes(bad), *members[3:]])
    else:
        data = b"".join([*plain[:2], plain[2].replace(b"WARC/1.0", b"XXXXXXXX", 1), *plain[3:]])
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    found = items(path)
    urls = [item.url for item in found if isinstance(item, Raw)]
    assert urls == [page.url for page in (*CRAWL[:2], *CRAWL[3:])]
    assert sum(isinstance(item, Reject) for item in found) == 1


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.95])
@pytest.mark.parametrize("packed", [False, True])
def test_a_cut_warc_gives_its_whole_records_and_a_reject(
    tmp_path: Path, keep: float, packed: bool
) -> None:
    data = warc(CRAWL) if packed else gzip.decompress(warc(CRAWL))
    path = tmp_path / "a.warc"
    path.write_bytes(data[: int(len(data) * keep)])
    found = items(path)
    whole = [item for item in found if isinstance(item, Raw)]
    assert [item.data for item in whole] == [page.html.encode() for page in CRAWL[: len(whole)]]
    assert PAGES * keep - 2 <= len(whole) <= PAGES * keep + 1
    assert any(isinstance(item, Reject) for item in found)


def _records(data: bytes) -> list[bytes]:
    return [b"WARC/1.0" + part for part in data.split(b"WARC/1.0")[1:]]
