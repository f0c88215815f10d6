import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dedup.cli import main
from dedup.config import DEFAULTS
from dedup.corpus.io.sources import find_sources

PAGES = Path(__file__).parents[2] / "fixtures" / "pages"
SPEECH = str(PAGES / "zh_speech_twice" / "source.html")


def run(*arguments: str, stdin: bytes | None = None, code: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(main, arguments, input=stdin)
    assert result.exit_code == code, result.output
    return result.stdout, result.stderr


def test_text_of_one_page_and_of_stdin() -> None:
    by_name, _ = run("clean", SPEECH)
    by_pipe, _ = run("clean", "-", stdin=Path(SPEECH).read_bytes())
    assert by_name == by_pipe
    assert (
        by_name.count("顾砚秋说，青澜湾的水连着两市") + by_name.count("顾砚秋说,青澜湾的水连着两市")
        == 1
    )


def test_jsonl_is_one_record_a_page() -> None:
    out, _ = run("clean", "--format", "jsonl", "--url", "http://x/", SPEECH, SPEECH)
    records = [json.loads(line) for line in out.splitlines()]
    assert len(records) == 2
    assert records[0]["url"] == "http://x/"
    assert any(block["duplicate_of"] is not None for block in records[0]["blocks"])


def test_labels_show_the_type_and_every_block_with_its_reason() -> None:
    record = json.loads(run("clean", "--format", "jsonl", SPEECH)[0])
    blocks = record["blocks"]
    head, *lines = run("clean", "--labels", SPEECH)[0].splitlines()
    assert head.split()[0] == record["type"]
    assert head.endswith(f"confidence {record['confidence']:.2f}")
    assert len(lines) == len(blocks)
    for line, block in zip(lines, blocks, strict=True):
        assert line[2:].startswith(block["label"])
        assert line.endswith(f"({block['reason']})")


def test_keep_and_drop_choose_labels() -> None:
    title = "顾砚秋在青澜湾流域协作会议上的讲话"
    assert title not in run("clean", SPEECH)[0]
    assert title in run("clean", "--keep", "title", SPEECH)[0]
    assert run("clean", "--drop", "body", SPEECH)[0].strip() == ""


@pytest.mark.parametrize("form", ["text", "markdown", "jsonl", "html"])
def test_one_bad_file_does_not_end_the_run(form: str, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_bytes(b"%PDF-1.4")
    (tmp_path / "good.txt").write_text("The bridge was opened on Sunday by two children, at noon.")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    out, err = run("clean", "--format", form, str(tmp_path), "no such file", code=1)
    assert "opened on Sunday" in out
    assert "bad.html: this is a PDF file" in err
    assert "no such file: No such file" in err
    assert "1 file passed over" in err


def test_a_folder_gives_the_pages_that_a_run_reads_from_it(tmp_path: Path) -> None:
    page = b"<p>The bridge was opened on Sunday by two children, at noon.</p>"
    names = ["a.htm", "b.html", "c.xhtml", "d.shtml", "e.txt", "f.text", "g.md", "h.markdown"]
    for name in names:
        (tmp_path / name).write_bytes(page)
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(page))
    out, err = run("clean", str(tmp_path))
    assert out.count("opened on Sunday") == 2 * len(names)
    assert err == ""
    pages, *rest = find_sources([tmp_path], DEFAULTS.corpus)
    assert rest == []
    assert [f"==> {path} <==" in out for path in pages.paths] == [True] * 2 * len(names)


def test_rules_hold_for_the_site_they_name(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('["x.org"]\ndrop = ["body"]\n')
    assert run("clean", "--rules", str(rules), "--url", "http://x.org/", SPEECH)[0].strip() == ""
    assert run("clean", "--rules", str(rules), "--url", "http://y.org/", SPEECH)[0].strip()
    assert "--url" in run("clean", "--rules", str(rules), SPEECH, code=2)[1]


def test_favor_moves_the_border() -> None:
    lengths = [
        len(run("clean", "--favor", side, SPEECH)[0])
        for side in ("precision", "balanced", "recall")
    ]
    assert lengths == sorted(lengths)


def test_wrong_usage_is_two() -> None:
    run("clean", "--kind", "pdf", SPEECH, code=2)
    _, err = run("clean", "--encoding", "klingon", SPEECH, code=1)
    assert "unknown encoding 'klingon'" in err


def test_a_closed_pipe_ends_quietly() -> None:
    program = [sys.executable, "-m", "dedup", "clean", *[SPEECH] * 60]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_help_needs_no_heavy_import() -> None:
    code = (
        "import sys, dedup.cli; dedup.cli.main(['--help'], standalone_mode=False);"
        "sys.exit(any(m in sys.modules for m in ('numpy', 'numba', 'bs4', 'selectolax')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_rules_of_a_site_decide(tmp_path: Path) -> None:
    page, rules = tmp_path / "page.html", tmp_path / "rules.toml"
    page.write_text(
        "<div class=a><p>The ferry runs again from Monday, said the port on Friday.</p></div>"
        "<div class=b><p>Nobody knows why the old ferry had been painted green, he said.</p></div>"
    )
    rules.write_text('["example.org"]\ndrop = [".b"]\n')
    at = ("--rules", str(rules), "--url", "https://www.example.org/1")
    assert "green" in run("clean", str(page))[0]
    assert "green" not in run("clean", *at, str(page))[0]
    rules.write_text('["example.org"]\ndrop = ["..b"]\n')
    assert "bad selector" in run("clean", *at, str(page), code=2)[1]
    run("clean", "--rules", "no such file", str(page), code=2)


RECORDS = [
    {"id": "1", "html": "<title>Ferry - Port</title><p>The ferry runs again from Monday, it said."},
    {"html": "<nav>Home</nav><p>Nobody knows why the old ferry was painted green.", "n": {"a": 1}},
    {"id": 3, "url": "https://example.org/3", "text": "A text that was in no page, and ends here."},
]
LINES = "".join(json.dumps(record) + "\n" for record in RECORDS).encode()


def test_records_come_out_cleaned_with_their_own_fields() -> None:
    bad = b'not json\n{"html": 7}\n'
    out, err = run("clean", "--input", "jsonl", stdin=LINES + bad, code=1)
    first, second, third = map(json.loads, out.splitlines())
    assert first["text"] == "The ferry runs again from Monday, it said."
    assert first["title"] == "Ferry"
    assert "html" not in first
    assert second["n"] == {"a": 1}
    assert "id" not in second  # a gate would take a made one for the same document of another day
    assert (third["id"], third["url"]) == (3, "https://example.org/3")
    assert all(0 < record["confidence"] <= 1 for record in (first, second, third))
    assert "standard input: line 4: bad JSON" in err
    assert "standard input: line 5: no string under 'html' or 'text'" in err


@pytest.mark.parametrize("packed", [False, True])
def test_files_of_records_are_told_by_their_names(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("pages.jsonl.gz" if packed else "pages.ndjson")
    path.write_bytes(gzip.compress(LINES) if packed else LINES)
    out, _ = run("clean", "--blocks", str(path))
    assert out.count("\n") == len(RECORDS)
    blocks = json.loads(out.splitlines()[1])["blocks"]
    assert [(block["label"], block["kept"]) for block in blocks] == [("nav", False), ("body", True)]
    out, _ = run("clean", "--format", "text", str(path))
    assert "==> 1 <==\nThe ferry runs" in out


def test_a_record_comes_out_before_the_next_is_there() -> None:
    program = [sys.executable, "-m", "dedup", "clean", "--input", "jsonl"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in LINES.splitlines(keepends=True):
            process.stdin.write(line)
            process.stdin.flush()
            assert "text" in json.loads(process.stdout.readline())
        process.stdin.close()
    assert process.returncode == 0


def test_page_files_have_their_names_as_ids(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text("<p>The bridge was opened on Sunday by two children, at noon.")
    out, _ = run("clean", str(tmp_path), "--format", "jsonl")
    ids = [json.loads(line)["id"] for line in out.splitlines()]
    assert ids == [str(tmp_path / "a.html"), str(tmp_path / "b.html")]


def test_a_directory_without_pages_says_so(tmp_path: Path) -> None:
    _, err = run("clean", str(tmp_path), code=1)
    assert err == f"dedup: {tmp_path}: no pages in this directory\n"
    (tmp_path / "a.png").write_bytes(b"x")
    assert "but 1 file that does not end in" in run("clean", str(tmp_path), code=1)[1]


def test_quiet_leaves_errors_on_stderr_only(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The bridge was opened on Sunday by two children, at noon.")
    (tmp_path / "b.bin").write_bytes(b"x")
    assert "1 file passed over" in run("clean", str(tmp_path))[1]
    assert run("clean", "-q", str(tmp_path))[1] == run("-q", "clean", str(tmp_path))[1] == ""
    assert "No such file" in run("clean", "-q", "no such file", code=1)[1]


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown() -> str:
        return CliRunner().invoke(main, ["clean", "--labels", SPEECH], color=True).output

    assert "\x1b[" in shown()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in shown()


def test_the_version_is_short() -> None:
    assert run("-V")[0] == run("--version")[0]


def test_a_name_that_no_file_can_have_is_a_line_and_no_traceback() -> None:
    result = CliRunner().invoke(main, ["clean", "a" * 5000])
    assert result.exit_code == 2
    assert "File name too long" in result.output
