"""Labels of our own for pages of the training sets, made by reading: sheets out, labels in.

    python -m benchmarks.training.annotate write FOLDER PAGE ...   sheets to read (`wcxb:2968`)
    python -m benchmarks.training.annotate read FOLDER             notes into `labels.jsonl`

A sheet is ``NNN.txt``: one block per line, ``number|tag|class|text``; what is noted beside it is
``NNN.lab``: one run of blocks per line, ``first-last label``, ``?`` for unknown. ``index.json``
names the pages. The file holds no text of the pages: the labels stand with the number of characters
(white space left out) that they run over, and so outlive changes to where blocks begin and end.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from benchmarks.internals.page import PageTable, classes_of_blocks, tags_of_blocks, texts_of_blocks
from benchmarks.internals.page import read as read_page
from benchmarks.pages import SETS, Example, load
from benchmarks.training.labels import LABELS_FILE, UNKNOWN, Run
from dedup.model import Label

_SHOWN = 120  # characters of a block on a sheet


def runs_of(texts: Sequence[str], labels: Sequence[str]) -> tuple[Run, ...]:
    """Labels of blocks as runs over their characters.

    >>> runs_of(["a b", "c", "d"], ["nav", "nav", "body"])
    (('nav', 3), ('body', 1))
    """
    sizes = [len("".join(text.split())) for text in texts]
    rows = groupby(zip(labels, sizes, strict=True), key=lambda pair: pair[0])
    return tuple((label, sum(size for _, size in row)) for label, row in rows)


def noted(text: str, blocks: int) -> list[str]:
    """The label of each block, from lines of ``first-last label``.

    Raises:
        ValueError: a label is unknown, or blocks are left out or named twice.

    >>> noted("0-1 nav\\n2 body\\n", 3)
    ['nav', 'nav', 'body']
    """
    labels: list[str] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        numbers, label = line.split()
        first, _, last = numbers.partition("-")
        if label != UNKNOWN:
            Label(label)
        if int(first) != len(labels) or int(last or first) < int(first):
            raise ValueError(f"{line!r}: block {len(labels)} was expected")
        labels += [label] * (int(last or first) + 1 - int(first))
    if len(labels) != blocks:
        raise ValueError(f"{len(labels)} of {blocks} blocks are labelled")
    return labels


def sheet(page: PageTable) -> str:
    """The blocks of a page, to be read."""
    lines = []
    rows = zip(texts_of_blocks(page), tags_of_blocks(page), classes_of_blocks(page), strict=True)
    for number, (text, tag, classes) in enumerate(rows):
        shown = " ".join(text.split())[:_SHOWN]
        lines.append(f"{number}|{tag}|{classes}|{shown}")
    return "\n".join(lines) + "\n"


def _examples(names: Sequence[str]) -> Iterator[tuple[Example, PageTable]]:
    wanted = set(names)
    for name in SETS:
        if any(page.startswith(f"{name}:") for page in wanted):
            for example in load(name):
                if example.name in wanted:
                    yield example, read_page(example.html)


def write(folder: Path, names: Sequence[str]) -> None:
    """Write the sheets of pages, and the index of them."""
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for number, (example, page) in enumerate(_examples(names)):
        (folder / f"{number:03}.txt").write_text(sheet(page), "utf-8")
        index.append((number, example.name))
    (folder / "index.json").write_text(json.dumps(index), "utf-8")


def read(folder: Path, out: Path) -> int:
    """Put what was noted in a folder into the file of labels; returns the number of its pages."""
    known: dict[str, object] = {}
    if out.exists():
        rows = map(json.loads, out.read_text("utf-8").splitlines())
        known = {row["page"]: row["runs"] for row in rows}
    index = {row[1]: row[0] for row in json.loads((folder / "index.json").read_text("utf-8"))}
    notes = {name: folder / f"{number:03}.lab" for name, number in index.items()}
    notes = {name: path for name, path in notes.items() if path.exists()}
    for example, page in _examples(list(notes)):
        try:
            labels = noted(notes[example.name].read_text("utf-8"), len(page.blocks))
        except ValueError as error:
            print(f"{notes[example.name]}: {error}")
            continue
        known[example.name] = runs_of(texts_of_blocks(page), labels)
    lines = (json.dumps({"page": name, "runs": runs}) for name, runs in sorted(known.items()))
    out.write_text("".join(line + "\n" for line in lines), "utf-8")
    return len(known)


def main() -> None:
    """Write sheets, or read what was noted."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("write", help="write sheets to read")
    writing.add_argument("folder", type=Path)
    writing.add_argument("pages", nargs="+", help="names of pages: set:id")
    reading = commands.add_parser("read", help="read what was noted")
    reading.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "write":
        write(arguments.folder, arguments.pages)
    else:
        print(f"{read(arguments.folder, LABELS_FILE)} pages in {LABELS_FILE}")


if __name__ == "__main__":
    main()
