"""Nothing that is read from outside is run, opened, or unpacked without a bound."""

import ast
import gzip
import io
import json
import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import dedup
from dedup.corpus.io.chunks import Chunk
from dedup.corpus.io.readers import read_lines
from dedup.corpus.io.spool import SpooledTexts
from dedup.corpus.io.streams import read_file
from dedup.corpus.io.warc import read_warc
from dedup.corpus.runtime import workers
from dedup.corpus.runtime.workers import Workers
from dedup.corpus.stages.clean import clean_chunk
from dedup.corpus.stages.schema import read_table
from dedup.corpus.templates import learn
from dedup.errors import InputError, RunError
from dedup.near.index.format import without_password
from dedup.page.classify.site_rules import rules_of_toml
from tests.paths import ROOT
from tests.support.tasks import Printing

MB = 1 << 20
PACKAGE = ROOT / "dedup"
SOURCES = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
# Modules that turn bytes into objects or code; only the pipe between parent and worker has one.
LOADING = frozenset({"pickle", "marshal", "shelve", "dill", "cloudpickle", "yaml", "jsonpickle"})
WRITING_XML = frozenset({"Element", "SubElement", "tostring", "escape", "quoteattr"})
PARSING_XML = frozenset({"xml", "lxml", "defusedxml"})
# Objects come from our own processes only: through the pipe between a run and its workers, and from
# the tasks of a run on Spark, whose results Spark itself unpickles.
UNPICKLING = {"corpus/runtime/worker_process.py", "spark/run.py", "spark/tasks/outputs.py"}


def imported(source: str) -> set[str]:
    """The packages that a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").partition(".")[0])
    return names


def called(source: str) -> set[str]:
    """The plain names of the functions that a module calls."""
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


def test_objects_are_unpickled_where_they_come_from_our_own_processes() -> None:
    using = {name for name, path in SOURCES.items() if imported(path.read_text()) & LOADING}
    assert using == UNPICKLING


def test_no_xml_is_parsed_by_a_parser_that_knows_entities_of_documents() -> None:
    for name, path in SOURCES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("xml."):
                # The report is written with these; none of them parses.
                assert {alias.name for alias in node.names} <= WRITING_XML, name
            elif isinstance(node, ast.Import):
                found = {alias.name.partition(".")[0] for alias in node.names}
                # lxml belongs to a peer that users may measure their own pages with.
                assert not found & PARSING_XML or name == "evaluate/peers.py", name


def test_nothing_is_evaluated_and_arrays_hold_no_objects() -> None:
    for name, path in SOURCES.items():
        source = path.read_text()
        assert not called(source) & {"eval", "exec", "compile", "__import__"}, name
        assert "allow_pickle=True" not in source, name
        # numpy's default may change; said where it matters, it does not.
        assert source.count("np.load(") + source.count("read_array(") == sum(
            line.count("allow_pickle=False")
            for line in source.splitlines()
            if "np.load(" in line or "read_array(" in line
        ), name


def test_a_pickle_is_text_like_any_other(tmp_path: Path) -> None:
    payload = pickle.dumps(_Touch(tmp_path / "there"), protocol=0)
    path = tmp_path / "page.html"
    path.write_bytes(b"<p>" + payload)
    for data in (payload, b"<p>" + payload):
        dedup.clean(data)
    for use in (learn.Templates.from_bytes, rules_of_toml):
        with pytest.raises((InputError, dedup.DedupError)):
            use(payload if use is learn.Templates.from_bytes else payload.decode("latin-1"))  # type: ignore[operator]
    with pytest.raises(RunError, match="is damaged"):
        read_table(path)
    assert not (tmp_path / "there").exists()


class _Touch:
    """What makes a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


def test_what_a_page_makes_a_library_print_does_not_reach_the_pipe(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    payload = pickle.dumps(_Touch(tmp_path / "there"))
    with Workers(1, 60) as pool:
        answers = dict(pool.map(Printing(), [(n, payload) for n in range(3)]))
    # Standard output of the worker, and of a process that it started, is no way to the parent.
    assert answers == {n: [] for n in range(3)}
    assert not (tmp_path / "there").exists()


def test_temporary_files_are_private() -> None:
    old = os.umask(0)
    try:
        handle, path = workers.tempfile.mkstemp()  # where a worker tells what it is at
        assert stat.S_IMODE(os.fstat(handle).st_mode) == 0o600
        os.close(handle)
        Path(path).unlink()
        with SpooledTexts(["a text"]) as texts:
            assert stat.S_IMODE(os.fstat(texts._file.fileno()).st_mode) & 0o077 == 0
    finally:
        os.umask(old)


# -- what decompresses to more than it may ---------------------------------------------------------

LIMIT = MB


def _packed(how: str, data: bytes) -> bytes:
    if how == "gzip":
        return gzip.compress(data, 9, mtime=0)
    return bytes(pytest.importorskip("zstandard").compress(data))


def _peak(code: str) -> int:
    """Megabytes that a process takes at most."""
    # Not what `resource` tells: that begins with what the process had before it became Python.
    told = "[line for line in open('/proc/self/status') if line.startswith('VmHWM')]"
    script = f"{code}\nprint({told}[0].split()[1])"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return int(run.stdout.splitlines()[-1]) >> 10


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_a_line_that_is_a_bomb_is_one_reject(how: str) -> None:
    good = b'{"text": "a"}\n'
    data = _packed(how, good + bytes(30 * LIMIT) + b"\n" + good)
    items = list(read_lines(io.BytesIO(data), [], LIMIT))
    assert [getattr(item, "reason", None) for item in items] == [
        None, f"over {LIMIT} bytes (record_bytes)", None,
    ]  # fmt: skip


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_a_page_file_that_is_a_bomb_is_refused(how: str) -> None:
    with pytest.raises(InputError, match="record_bytes"):
        read_file(io.BytesIO(_packed(how, bytes(30 * LIMIT))), LIMIT)  # type: ignore[arg-type]


def _record(body: bytes) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + body
    return (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        b"WARC-Target-URI: file:///etc/passwd\r\nContent-Type: application/http; msgtype=response"
        b"\r\nContent-Length: %d\r\n\r\n" % len(block)
    ) + block + b"\r\n\r\n"  # fmt: skip


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_a_body_that_is_a_bomb_is_one_reject(how: str) -> None:
    bomb, good = _record(gzip.compress(bytes(30 * LIMIT))), _record(gzip.compress(b"<p>a page"))
    first, second = read_warc(io.BytesIO(_packed(how, bomb + good)), [], LIMIT)
    assert getattr(first, "reason", "") == f"its HTTP body is over {LIMIT} bytes (record_bytes)"
    assert getattr(second, "data", b"") == b"<p>a page"


def test_a_file_of_templates_that_is_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learn, "_MOST_BYTES", LIMIT)
    with pytest.raises(InputError, match=f"over {LIMIT} bytes"):
        learn.Templates.from_bytes(gzip.compress(b" " * 30 * LIMIT))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_a_bomb_of_300_mb_takes_no_memory_of_its_size(tmp_path: Path) -> None:
    zeros = gzip.compress(bytes(300 * MB), 9)
    (tmp_path / "a.warc").write_bytes(_record(zeros))
    (tmp_path / "a.jsonl.gz").write_bytes(zeros)
    code = (
        "import io, sys\nfrom pathlib import Path\n"
        "from dedup.corpus.io.warc import read_warc\n"
        "from dedup.corpus.io.readers import read_lines\n"
        f"for read, name in ((read_warc, 'a.warc'), (read_lines, 'a.jsonl.gz')):\n"
        f"    list(read(Path({str(tmp_path)!r}, name).open('rb'), [], {LIMIT}))"
    )
    assert _peak(code) < 150


def test_a_row_of_parquet_that_is_no_utf8_is_one_reject() -> None:
    pa = pytest.importorskip("pyarrow")
    raw = pa.array([b"<p>a", b"\xff\xfe", b"<p>b", b"<p>c"])
    other = pa.array([b"x", b"x", b"\xff", None])
    columns = [pa.Array.from_buffers(pa.string(), 4, array.buffers()) for array in (raw, other)]
    chunk = Chunk(0, 0, "a", table=pa.table(columns, names=["html", "other"]))
    table = clean_chunk(chunk, dedup.Settings(), {}, lambda index: None)
    table.validate(full=True)
    assert table["rejected"].to_pylist() == [None, "bad UTF-8", "bad UTF-8", None]
    assert [row and row["other"] for row in table["extra"].to_pylist()] == ["x", "x", None, None]


def test_entities_of_documents_are_not_expanded() -> None:
    names = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    page = f'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY l0 "lol">{names}'
    page += '<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&l9; &x; is text'
    text = dedup.clean(page).text
    assert len(text) < len(page)
    assert "root:" not in text


# -- what a record names is not opened -------------------------------------------------------------

_RUN = """
import sys
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
import dedup
dedup.run([{source!r}], {out!r}, jobs=1)
print([name for name in opened if "of nobody" in name])
"""


def test_paths_in_records_are_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "of nobody"
    secret.write_text("a secret that no corpus may hold, in a sentence of some length")
    fields = {
        "id": str(secret),
        "url": f"file://{secret}",
        "path": str(secret),
        "text": str(secret),
    }
    tags = (
        "<a href='{}'>a</a>",
        "<img src='{}'>",
        "<iframe src='{}'></iframe>",
        "<link href='{}'>",
    )
    page = "<p>A sentence of some length, which is kept.</p>" + "".join(tags).format(*[secret] * 4)
    source = tmp_path / "records.jsonl"
    records = [fields, {"html": page, "url": f"file://{secret}"}]
    source.write_text("\n".join(json.dumps(record) for record in records), "utf-8")
    script = _RUN.format(source=str(source), out=str(tmp_path / "out"))
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout.splitlines()[-1] == "[]"
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            assert b"a secret that no corpus may hold" not in path.read_bytes()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("redis://:secret@a:1/0", "redis://:***@a:1/0"),
        ("rediss://u:se:cr@et@a/0", "rediss://u:***@a/0"),
        ("redis://a:1/0?password=secret", "redis://a:1/0"),
        ("unix://u:secret@/var/run/r.sock?db=1", "unix://u:***@/var/run/r.sock"),
        ("u:secret@file.db", "u:secret@file.db"),
    ],
)
def test_the_password_of_a_server_is_not_told(given: str, shown: str) -> None:
    assert without_password(given) == shown


def test_errors_of_a_server_name_it_without_its_password() -> None:
    pytest.importorskip("redis")
    with pytest.raises(dedup.DedupError) as told:
        dedup.Index("redis://u:secret@127.0.0.1:1/0")
    assert "secret" not in str(told.value)
    assert "127.0.0.1:1" in str(told.value)
