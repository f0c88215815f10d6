"""Golden pages: one folder each with the source and the truth about it.

    python -m tests.golden check [NAME]...        show where the present output differs
    python -m tests.golden add NAME SOURCE        add a page, with a draft of its truth to correct

``expected.json`` holds, beside ``what``, ``kind``, ``encoding`` (alternatives separated by ``|``),
``title`` and an optional ``url``:

    text      the paragraphs of ``Page.text``, in order
    spacing   "loose" where the breaks between list items or table cells are left open
    optional  paragraphs that may or may not be in the text (a soft border)
    labels    [beginning of a block's text, "LABEL|LABEL"], in source order
    repeats   [beginning of the one, beginning of the other]: one of the two blocks is the copy
    joins     [beginning, beginning]: the first block's sentence goes on in the second
    absent    strings that no block may hold

Beginnings and paragraphs are compared with white space folded to one space.
"""

import codecs
import difflib
import html
import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

import dedup
from dedup.model import Label, LabelledBlock, Page
from tests.paths import FIXTURES

PAGES = FIXTURES / "pages"
PAIRS = FIXTURES / "pairs.json"
BEGINNING = 24  # characters of a block's text that a draft quotes


@dataclass(frozen=True)
class Golden:
    """One golden page."""

    name: str
    source: Path
    expected: dict[str, Any]

    @property
    def data(self) -> bytes:
        return self.source.read_bytes()

    @property
    def text(self) -> str:
        """The expected text, blocks separated by blank lines."""
        return "\n\n".join(self.expected["text"])

    def clean(self) -> Page:
        return dedup.clean(self.data, url=self.expected.get("url"))

    def decoded(self) -> str:
        """The source as text, byte order mark and all, in the first of the accepted encodings."""
        return self.data.decode(self.expected["encoding"].split("|")[0])


def load(name: str) -> Golden:
    """Read one golden page."""
    folder = PAGES / name
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    (source,) = folder.glob("source.*")
    return Golden(name, source, expected)


def names() -> list[str]:
    """The golden pages there are."""
    return sorted(path.parent.name for path in PAGES.glob("*/expected.json"))


def fold(text: str) -> str:
    """White space folded to single spaces."""
    return " ".join(text.split())


def squeeze(text: str) -> str:
    """White space removed."""
    return "".join(text.split())


def check(golden: Golden, page: Page) -> list[str]:
    """Every difference between a page and the truth about it, one line or paragraph each."""
    return [
        *check_facts(golden, page),
        *check_text(golden, page),
        *check_labels(golden.expected["labels"], page.blocks),
        *check_repeats(golden.expected["repeats"], page.blocks),
        *check_joins(golden.expected.get("joins", []), page.blocks),
        *check_absent(golden.expected["absent"], page.blocks),
        *check_positions(golden.decoded(), page.blocks),
    ]


def check_facts(golden: Golden, page: Page) -> Iterator[str]:
    """Kind, encoding, title and address."""
    expected = golden.expected
    if page.kind != expected["kind"]:
        yield f"kind: {page.kind}, expected {expected['kind']}"
    accepted = {codecs.lookup(name).name for name in expected["encoding"].split("|")}
    if codecs.lookup(page.encoding).name not in accepted:
        yield f"encoding: {page.encoding}, expected {expected['encoding']}"
    if fold(page.title) != expected["title"]:
        yield f"title: {page.title!r}, expected {expected['title']!r}"
    if page.url != expected.get("url"):
        yield f"url: {page.url!r}, expected {expected.get('url')!r}"


def check_text(golden: Golden, page: Page) -> Iterator[str]:
    """The text, paragraph by paragraph; only its characters where the spacing is loose."""
    optional = set(golden.expected.get("optional", ()))
    paragraphs = (fold(paragraph) for paragraph in page.text.split("\n\n"))
    got = [text for text in paragraphs if text and text not in optional]
    want = [fold(paragraph) for paragraph in golden.expected["text"]]
    if golden.expected.get("spacing") == "loose":
        same = squeeze("".join(got)) == squeeze("".join(want))
    else:
        same = got == want
    if not same:
        lines = difflib.unified_diff(want, got, "expected", "text", n=0, lineterm="")
        yield "text:\n" + "\n".join(f"    {line}" for line in list(lines)[2:])


def check_labels(expected: Iterable[list[str]], blocks: tuple[LabelledBlock, ...]) -> Iterator[str]:
    """Each quoted block is there, in this order, under one of its labels."""
    here = 0
    for beginning, alternatives in expected:
        for index in range(here, len(blocks)):
            if fold(blocks[index].text).startswith(beginning):
                break
        else:
            yield f"no block begins with {beginning!r} (behind block {here - 1})"
            continue
        here = index + 1
        block = blocks[index]
        if block.label.upper() not in alternatives.split("|"):
            yield f"{beginning!r} is {block.label} ({block.reason}), expected {alternatives}"


def check_repeats(expected: list[list[str]], blocks: tuple[LabelledBlock, ...]) -> Iterator[str]:
    """Every expected copy points at its original, and no other content block is a copy."""
    found = set()
    for one, other in expected:
        pair = {b.index for b in blocks if fold(b.text).startswith((one, other))}
        copies = {i for i in pair if blocks[i].duplicate_of in pair - {i}}
        found |= copies
        if not copies:
            yield f"no repeat marked: {one!r}"
    for block in blocks:
        if block.duplicate_of is not None and block.label.is_content and block.index not in found:
            yield f"wrongly marked as repeating block {block.duplicate_of}: {fold(block.text)!r}"


def check_joins(expected: list[list[str]], blocks: tuple[LabelledBlock, ...]) -> Iterator[str]:
    """A sentence cut in two stays two blocks, the first of which says that it goes on."""
    for one, other in expected:
        firsts = [b for b in blocks if fold(b.text).startswith(one)]
        if not any(
            block.block.joins and fold(blocks[block.index + 1].text).startswith(other)
            for block in firsts
        ):
            yield f"not joined: {one!r} and {other!r}"


def check_absent(strings: list[str], blocks: tuple[LabelledBlock, ...]) -> Iterator[str]:
    """Scripts, styles and comments are in no block."""
    for string in strings:
        for block in blocks:
            if string in block.text:
                yield f"{string!r} stands in block {block.index}"


def unmarked(text: str) -> str:
    """White space removed, and the marks of inline Markdown."""
    return squeeze(re.sub(r"\]\([^)]*\)|[][*`]", "", text))


def check_positions(source: str, blocks: tuple[LabelledBlock, ...]) -> Iterator[str]:
    """Blocks are numbered and in source order, and each stands where it says that it does."""
    before = 0
    for number, block in enumerate(blocks):
        if block.index != number:
            yield f"block {number} has index {block.index}"
        if not before <= block.start <= block.end <= len(source):
            yield f"block {number} stands at {block.start} to {block.end}, behind {before}"
        before = block.start
        # One character of grace on both sides: a byte order mark may be counted or not.
        there = source[max(block.start - 1, 0) : block.end + 1]
        bare = re.sub(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>?", "", there, flags=re.S)
        if unmarked(block.text) not in unmarked(html.unescape(bare)):
            yield f"block {number} is not at its position: {fold(block.text)!r} / {fold(there)!r}"


def draft(page: Page) -> dict[str, Any]:
    """What the present output would have as the truth: for a person to correct."""
    kept = [paragraph for paragraph in page.text.split("\n\n") if paragraph.strip()]
    return {
        "what": "",
        "kind": str(page.kind),
        "encoding": page.encoding,
        "title": page.title,
        **({"url": page.url} if page.url else {}),
        "text": [fold(paragraph) for paragraph in kept],
        "labels": [
            [fold(b.text)[:BEGINNING].strip(), Label(b.label).name]
            for b in page.blocks
            if b.text.strip()
        ],
        "repeats": [
            [fold(page.blocks[b.duplicate_of].text)[:BEGINNING], fold(b.text)[:BEGINNING]]
            for b in page.blocks
            if b.duplicate_of is not None
        ],
        "absent": [],
    }


def dump(expected: dict[str, Any]) -> str:
    """The truth as JSON, one paragraph or pair a line.

    >>> print(dump({"what": "a page", "text": ["one", "two"], "repeats": []}), end="")
    {
     "what": "a page",
     "text": [
      "one",
      "two"
     ],
     "repeats": []
    }
    """

    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    def field(value: object) -> str:
        if isinstance(value, list) and value:
            return "[\n  " + ",\n  ".join(line(item) for item in value) + "\n ]"
        return line(value)

    rows = ",\n".join(f' "{key}": {field(value)}' for key, value in expected.items())
    return "{\n" + rows + "\n}\n"


@click.group()
def main() -> None:
    """Check and add golden pages."""


@main.command("check")
@click.argument("wanted", nargs=-1, metavar="[NAME]...")
def check_command(wanted: tuple[str, ...]) -> None:
    """Show where the present output differs from the truth."""
    failed = 0
    for name in wanted or names():
        golden = load(name)
        differences = check(golden, golden.clean())
        failed += bool(differences)
        click.secho(f"{'differs' if differences else 'as expected'}: {name}", bold=True)
        for difference in differences:
            click.echo(f"  {difference}")
    sys.exit(1 if failed else 0)


@main.command("add")
@click.argument("name")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", help="Where the page came from.")
def add_command(name: str, source: Path, url: str | None) -> None:
    """Copy SOURCE into fixtures/pages/NAME and draft its expected.json."""
    folder = PAGES / name
    if folder.exists():
        raise click.UsageError(f"{folder} is there already: choose another name or remove it")
    expected = draft(dedup.clean(source.read_bytes(), url=url))
    folder.mkdir(parents=True)
    extension = {"text": "txt", "markdown": "md"}.get(expected["kind"], "html")
    shutil.copyfile(source, folder / f"source.{extension}")
    (folder / "expected.json").write_text(dump(expected), encoding="utf-8")
    click.echo(
        f"{folder / 'expected.json'} is a draft made from the present output.\n"
        "Read the source and correct it: say what the page is, fix text, labels and repeats, and\n"
        "shorten it to what matters. A draft left as it is tests nothing."
    )


if __name__ == "__main__":
    main()
