"""How well and how fast pages are cleaned, beside the peers that are installed.

    python -m benchmarks.extraction                      quality of every set, as a table
    python -m benchmarks.extraction --json FILE          the same as JSON
    python -m benchmarks.extraction --set daniel_zh --no-peers
    python -m benchmarks.extraction --speed              CPU per page on the wcxb pages

Every page is judged by a model that has seen no page of its site (`benchmarks/folds`);
``cleaneval`` was never trained on. ``dedup (text)`` is given the page's lines only, as in WET
files.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from zlib import crc32

from benchmarks.extractors import Extract, installed, quietly
from benchmarks.metric import Score
from benchmarks.pages import LABELLED, SETS, Example, folder, load
from benchmarks.targets import LABELS, align_lines
from dedup.config import DEFAULTS
from dedup.model import CONTENT, Label
from dedup.page.classify.decide import Verdicts, judge
from dedup.page.classify.network import Model, read_model
from dedup.page.clean import clean
from dedup.page.lines import columns_of_lines
from dedup.page.source.decode import decode
from dedup.page.source.html import blocks_of_html

_SHORT = 300  # characters below which a Chinese body is short
_WARMING = 16  # pages, about


@cache
def fold_model(fold: int, prefix: str) -> Model:
    """The model that has seen no page of a fold."""
    path = Path(__file__).parent / "folds" / f"{fold}.npz"
    return read_model(path.read_bytes(), prefix)


def judged(example: Example, text_only: bool = False) -> Verdicts:
    """A page as judged by a model that does not know its site."""
    page = blocks_of_html(decode(example.html).text)
    prefix = "text" if text_only else "dom"
    if text_only:
        keep = crc32(example.name.encode()) % 2 == 0
        bullets = [keep and tag == "li" for tag in page.block_tags]
        page = columns_of_lines(page.blocks.texts, bullets)
    return judge(page, DEFAULTS.page, fold_model(example.fold, prefix))


def text_of(verdicts: Verdicts) -> str:
    """The text of the blocks that are kept."""
    pairs = zip(verdicts.page.blocks.texts, verdicts.labels, strict=True)
    return "\n\n".join(text for text, label in pairs if label in DEFAULTS.page.include)


def groups(name: str, example: Example) -> Iterator[str]:
    """The rows of the table in which a page counts."""
    yield f"{name}: {example.kind}" if name == "wcxb" else name
    if name in ("magic_article", "magic_forum") and example.lang == "zh":
        yield f"{name}: zh"
    chinese = name in ("daniel_zh", "labels_zh") or (
        name == "magic_article" and example.lang == "zh"
    )
    if chinese and len(min(example.golds, key=len)) < _SHORT:
        yield "short Chinese bodies"


def quality(
    names: Sequence[str], every: int, peers: dict[str, Extract]
) -> dict[str, dict[str, Score]]:
    """Scores by row and extractor."""
    table: dict[str, dict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    for name in names:
        for example in load(name, every):
            texts = {
                "dedup": text_of(judged(example)),
                "dedup (text)": text_of(judged(example, text_only=True)),
            }
            texts |= {peer: quietly(extract, example.html) for peer, extract in peers.items()}
            for row in groups(name, example):
                for extractor, text in texts.items():
                    table[row][extractor].add(text, example.golds, example.keep, example.drop)
    return table


def label_scores(names: Sequence[str]) -> dict[str, float]:
    """F1 by label over characters' majority lines, and of content against the rest."""
    hits: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for name in names:
        for example in load(name):
            verdicts = judged(example)
            wanted = align_lines(verdicts.page.blocks.texts, example.lines)
            for label, index in zip(verdicts.labels, wanted, strict=True):
                if index < 0:
                    continue
                gold = LABELS[index]
                found = Label.BODY if label in DEFAULTS.page.include else label
                for key, a, b in (
                    *((kind.value, found == kind, gold == kind) for kind in {found, gold}),
                    ("content", found in CONTENT, gold in CONTENT),
                ):
                    hits[key][0] += a and b
                    hits[key][1] += a
                    hits[key][2] += b
    return {key: 2 * h / max(f + g, 1) for key, (h, f, g) in sorted(hits.items())}


def speed(peers: dict[str, Extract], every: int) -> dict[str, float]:
    """Mean CPU milliseconds a page, bytes to text, warm, on the wcxb pages."""
    pages = [example.html for example in load("wcxb", every)]
    runs: dict[str, Extract] = {"dedup": lambda html: clean(html).text, **peers}
    times = dict.fromkeys(runs, 0.0)
    for extract in runs.values():
        for html in pages[:: max(1, len(pages) // _WARMING)]:  # the imports of rare encodings too
            quietly(extract, html)
    for html in pages:
        for name, extract in runs.items():
            begin = time.process_time()
            quietly(extract, html)
            times[name] += time.process_time() - begin
    return {name: total / len(pages) * 1000 for name, total in times.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", action="append", choices=SETS + LABELLED)
    parser.add_argument("--every", type=int, default=1, help="take each n-th page only")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--speed", action="store_true", help="measure CPU time instead of quality")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not folder().is_dir():
        parser.exit(1, f"no development pages at {folder()}: set DEDUP_DATA\n")
    peers = {} if arguments.no_peers else installed()
    if arguments.speed:
        times = speed(peers, arguments.every)
        report: dict[str, object] = {"ms_per_page": times}
        for name, value in times.items():
            print(f"{name:14} {value:8.2f} ms")
    else:
        names = arguments.set or SETS + LABELLED
        table = quality(names, arguments.every, peers)
        labels = label_scores([name for name in names if name in LABELLED])
        show(table, labels)
        report = {
            "f1": {row: {k: s.f1 for k, s in scores.items()} for row, scores in table.items()},
            "labels": labels,
        }
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))


def show(table: dict[str, dict[str, Score]], labels: dict[str, float]) -> None:
    """Print the table: one row a set or page type, one column an extractor."""
    columns = list(next(iter(table.values())))
    print(f"{'':24}{'pages':>6} " + "".join(f"{column:>14}" for column in columns))
    for row in sorted(table):
        scores = table[row]
        pages = scores[columns[0]].pages
        print(f"{row:24}{pages:6} " + "".join(f"{scores[c].f1:14.4f}" for c in columns))
    for label, score in labels.items():
        print(f"label {label:18}{'':6} {score:14.4f}")


if __name__ == "__main__":
    main()
