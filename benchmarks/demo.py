"""The main job on the pages of ``fixtures/``, in two screens: ``make demo``.

One page cleaned, with what was left out and why; one page that holds its text twice; and, among
all the pages, the two that tell the same story.
"""

import json
import shutil
import unicodedata
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import click

import dedup
from benchmarks.demo_crawl import show_crawl
from dedup.model import Label, LabelledBlock, Match, Page, Relation, Span

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
CLEANED = "zh_related_comments"
TWICE = "zh_speech_twice"
EXAMPLES = 2  # blocks shown of each kind
WIDTH = min(shutil.get_terminal_size((100, 24)).columns, 120)


def read(name: str) -> Page:
    """Clean one page of the fixtures."""
    (source,) = (FIXTURES / "pages" / name).glob("source.*")
    url = json.loads((source.parent / "expected.json").read_text("utf-8")).get("url")
    return dedup.clean(source.read_bytes(), url=url)


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def fit(text: str, width: int) -> str:
    """A text on one line, cut and filled to so many columns."""
    text = " ".join(text.split())
    if columns(text) > width:
        while columns(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - columns(text))


def heading(text: str) -> None:
    """A line above each part."""
    click.secho(f"\n{text}", bold=True)


def left_out(page: Page) -> Iterator[tuple[Label, list[LabelledBlock]]]:
    """The boilerplate by label, in the order of the labels."""
    for label in Label:
        blocks = [block for block in page.blocks if block.label == label]
        if blocks and not label.is_content:
            yield label, blocks


def show_page(name: str) -> None:
    """A cleaned page: the text that is left, and what was left out with the reason."""
    page = read(name)
    paragraphs = page.text.split("\n\n")
    heading(f"1. One page cleaned: {name} ({page.kind}, {page.encoding})")
    click.secho(f"   {page.title}", fg="cyan")
    for paragraph in paragraphs[:EXAMPLES]:
        click.echo("   " + fit(paragraph, WIDTH - 3))
    click.echo(f"   … {len(paragraphs)} paragraphs, {len(page.text)} characters. Left out:")
    for label, blocks in left_out(page):
        for block in blocks[:EXAMPLES]:
            row = f"   {fit(label, 8)} {block.score:4.2f}  {fit(block.text, 34)}  "
            click.echo(
                click.style(row, fg="yellow") + fit(block.reason, WIDTH - columns(row)).rstrip()
            )
        if len(blocks) > EXAMPLES:
            click.echo(f"   {fit(label, 8)}       and {len(blocks) - EXAMPLES} more")


def show_repeats(name: str) -> None:
    """A page that holds its text twice: which block repeats which."""
    page = read(name)
    copies = [block for block in page.blocks if block.duplicate_of is not None]
    heading(f"2. A page with its text twice: {name}")
    for block in copies[:EXAMPLES]:
        row = f"   block {block.index} repeats block {block.duplicate_of}: "
        click.echo(row + fit(block.text, WIDTH - columns(row)).rstrip())
    click.echo(
        f"   … {len(copies)} blocks repeat others; "
        f"{sum(len(block.text) for block in copies)} characters are in the text once, not twice."
    )


def show_pairs() -> None:
    """All the pages of the fixtures against each other: the pairs that were found."""
    texts = {path.name: read(path.name).text for path in sorted((FIXTURES / "pages").iterdir())}
    matches = {(a, b): dedup.compare(texts[a], texts[b]) for a, b in combinations(texts, 2)}
    found = {pair: match for pair, match in matches.items() if match.kind != Relation.NONE}
    heading(f"3. {len(texts)} pages, {len(matches)} pairs compared: {len(found)} found")
    click.echo("   jaccard  a in b  b in a")
    for (a, b), match in found.items():
        click.echo(f"   {figures(match)}  {match.kind}: {a} / {b}")
    others = [(pair, match) for pair, match in matches.items() if pair not in found]
    (a, b), closest = max(others, key=lambda row: max(row[1].containment_a, row[1].containment_b))
    click.echo(f"   {figures(closest)}  closest of all others: {a} / {b}")
    pair = next(pair for pair, match in found.items() if match.kind == Relation.CONTAINS)
    passages = found[pair].passages
    longest = max(passages, key=lambda passage: passage.a.end - passage.a.start)
    click.echo(
        f"   The longest of the {len(passages)} passages of the last pair, in both as written:"
    )
    for name, span in zip(pair, (longest.a, longest.b), strict=True):
        click.echo(f"   {span.start:5}  {passage_text(texts[name], span)}")


def figures(match: Match) -> str:
    """The three figures of a match."""
    return f"{match.jaccard:7.3f} {match.containment_a:7.3f} {match.containment_b:7.3f}"


def passage_text(text: str, span: Span) -> str:
    """The beginning of a passage, on one line."""
    return fit(text[span.start : span.end], WIDTH - 10)


if __name__ == "__main__":
    show_page(CLEANED)
    show_repeats(TWICE)
    show_pairs()
    show_crawl()
