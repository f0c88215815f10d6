"""Which copy is the cleanest: what ``near.keep = "cleanest"`` goes by."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.corpus.optional import require
from dedup.corpus.stages.schema import Key, part_name, read_table
from dedup.expressions import expression
from dedup.model import LabelledBlock
from dedup.near.representatives import seconds
from dedup.page.labelled import brief

Floats = npt.NDArray[np.float64]

# Differences below these say nothing: a confidence is an estimate, whose error is larger, and a
# menu more or less on a page is its layout.
_CONFIDENCE_STEP, _SHARE_STEP = 0.05, 0.1
# What a text ends with that goes on elsewhere; the words are those of teasers, by language.
_CUT = expression(
    r"(?:\.{3}|…|\[\+?\d+ (?:chars|more)\]"
    r"|(?:read|continue|see|show) (?:more|reading|on)|read the (?:full|whole|rest)[\w ]{0,20}"
    r"|weiterlesen|mehr lesen|lire (?:la suite|plus)|leer más|seguir leyendo|leggi (?:tutto|di più)"
    r"|читать (?:далее|полностью)|czytaj (?:dalej|więcej)|διαβάστε περισσότερα"
    r"|(?:阅读|閱讀|查看|展开|展開)(?:全文|更多|原文)|(?:続きを|もっと)(?:読む|見る)|더 ?보기)"
    r"[\s\])）】»›>→.…]*$",
)
_TAIL = 60  # characters at the end that are looked at


def is_cut(text: str) -> bool:
    """Whether a text breaks off, as teasers do.

    >>> is_cut("It was a dark night..."), is_cut("全文如下。阅读全文 >>"), is_cut("It was dark.")
    (True, True, False)
    """
    return _CUT.search(text[-_TAIL:].rstrip().lower()) is not None


def titles_of(blocks: Sequence[LabelledBlock]) -> int:
    """How many blocks of the content are headings of the first rank, as each article has one."""
    return sum(block.block.tag == "h1" and block.label.is_content for block in brief(blocks))


@dataclass(frozen=True, slots=True, eq=False)
class Quality:
    """What is known of each document; unknown comes last in each column.

    Attributes:
        confidence: that its text is right, 0 to 1; NaN where a text was given.
        boilerplate: the share of its page that is not in the text, 0 to 1; NaN likewise.
        several: whether it holds several articles, by their titles.
        cut: whether its text breaks off.
        tokens: the tokens of its text.
        date: seconds since 1970; NaN for none.
    """

    confidence: Floats
    boilerplate: Floats
    several: npt.NDArray[np.bool_]
    cut: npt.NDArray[np.bool_]
    tokens: npt.NDArray[np.int64]
    date: Floats

    @property
    def _columns(self) -> tuple[npt.NDArray[Any], ...]:
        """Sort keys, lower wins, the first counts most."""
        return (
            -np.floor(np.nan_to_num(self.confidence, nan=-1.0) / _CONFIDENCE_STEP + 1e-6),
            np.floor(np.nan_to_num(self.boilerplate, nan=2.0) / _SHARE_STEP + 1e-6),
            self.several,
            self.cut,
            -self.tokens,
            np.nan_to_num(self.date, nan=np.inf),
        )

    @property
    def preferred(self) -> Floats:
        """A number for each document, lower wins; the same where all columns are."""
        return _ranks(self._columns)

    @property
    def grade(self) -> Floats:
        """The same by what speaks for the text itself: not by its length or date."""
        return _ranks(self._columns[:4])

    def why(self, kept: int, gone: int) -> str:
        """Why one document is kept and not another, in words; empty where nothing differs."""
        columns = self._columns
        differ = next((at for at, c in enumerate(columns) if c[kept] < c[gone]), len(columns))
        here, there = (
            (self.confidence[at], self.boilerplate[at], self.tokens[at]) for at in (gone, kept)
        )
        words = (
            f"higher confidence ({_figure(there[0])}, here {_figure(here[0])})",
            f"less boilerplate ({_figure(there[1])}, here {_figure(here[1])})",
            "one article, here are several",
            "whole, this one breaks off",
            f"longer ({there[2]} tokens, here {here[2]})",
            "earlier",
            "",
        )
        return words[differ]


def _figure(value: float) -> str:
    return "unknown" if np.isnan(value) else f"{value:.2f}"


def _ranks(columns: Sequence[npt.NDArray[Any]]) -> Floats:
    """The place of each row in the order of the columns; equal rows have one place."""
    order = np.lexsort(tuple(reversed(columns)))
    fresh = np.zeros(order.size, np.bool_)
    for column in columns:
        fresh[1:] |= column[order][1:] != column[order][:-1]
    ranks = np.empty(order.size)
    ranks[order] = np.cumsum(fresh)
    return ranks


def read_quality(root: Path, parts: Sequence[Key], tokens: npt.NDArray[np.int64]) -> Quality:
    """What the stages before noted of each document."""
    found: dict[str, list[Any]] = {
        name: [] for name in ("confidence", "boilerplate", "several", "cut", "date")
    }
    for key in parts:
        cleaned = read_table(root / part_name("clean", *key), ["confidence", "date", "titles"])
        texts = read_table(root / part_name("texts", *key), ["boilerplate", "cut"])
        for name, column in (
            ("confidence", cleaned["confidence"]), ("boilerplate", texts["boilerplate"]),
        ):  # fmt: skip
            found[name].append(column.to_numpy().astype(np.float64))
        titles = cleaned["titles"].fill_null(0).to_numpy()
        found["several"].append(titles > 1)
        found["cut"].append(np.array(texts["cut"].to_pylist(), np.bool_))
        dates = map(seconds, cleaned["date"].to_pylist())
        found["date"].append(np.array([np.nan if day is None else day for day in dates]))
    columns = {name: np.concatenate([np.zeros(0), *arrays]) for name, arrays in found.items()}
    return Quality(
        columns["confidence"],
        columns["boilerplate"],
        columns["several"].astype(np.bool_),
        columns["cut"].astype(np.bool_),
        tokens,
        columns["date"],
    )


def quality_columns(texts: Any, kept: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]) -> Any:
    """The columns ``boilerplate`` and ``cut`` of a part.

    Args:
        texts: the texts, an Arrow column.
        kept: bytes of each page's blocks that are in its text.
        sizes: bytes of all its blocks; 0 where a text was given.
    """
    pa = require("pyarrow")
    share = 1 - kept / np.maximum(sizes, 1)
    return {
        "boilerplate": pa.array(share.astype(np.float32), mask=sizes == 0),
        "cut": pa.array([is_cut(text) for text in texts.to_pylist()], pa.bool_()),
    }
