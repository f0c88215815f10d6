"""Where documents come from: what becomes of each source, and that none is wiped out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.columns import Texts
from dedup.config import Settings
from dedup.corpus.plan import Plan
from dedup.corpus.stages.schema import Key, part_name, read_table
from dedup.corpus.stages.verdicts import REPEATS, Verdicts
from dedup.errors import RunError
from dedup.near.compare import passages

# Sources with fewer documents say nothing: three copies of one page are three of three.
_LEAST = 10
# Of how many sources the summary tells, and from which share on it warns.
_SHOWN, _WARNED = 20, 0.9
_SNIPPET = 80  # characters of what documents share


class OriginCounts:
    """Counts the documents of each source, and those that go as repeats."""

    def __init__(self) -> None:
        self._all: Counter[str] = Counter()
        self._gone: Counter[str] = Counter()

    def add(self, origins: Iterable[str], gone: Iterable[bool]) -> None:
        """Count the documents of a part: their sources, and whether they go."""
        for origin, goes in zip(origins, gone, strict=True):
            self._all[origin] += 1
            self._gone[origin] += goes

    def merge(self, other: "OriginCounts") -> None:
        """Add what was counted elsewhere."""
        self._all.update(other._all)
        self._gone.update(other._gone)

    def summary(self) -> dict[str, Any]:
        """How many sources there are, and those of which the largest shares go."""
        judged = [name for name, count in self._all.items() if count >= _LEAST]
        judged.sort(key=lambda name: (-self._share(name), -self._all[name], name))
        most = [
            {
                "source": name,
                "records": self._all[name],
                "repeats": self._gone[name],
                "share": round(self._share(name), 4),
            }
            for name in judged[:_SHOWN]
            if self._gone[name]
        ]
        return {"count": len(self._all), "most_repeats": most}

    def warnings(self) -> list[str]:
        """What a person should look at."""
        return [
            f"{self._gone[name]} of {count} documents of {name} are repeats of others: look at "
            "them (--removed), or set near.source_floor"
            for name, count in sorted(self._all.items())
            if count >= _LEAST and self._share(name) >= _WARNED
        ]

    def _share(self, name: str) -> float:
        return self._gone[name] / self._all[name]


def origins_of(cleaned: Any, source: str) -> list[str]:
    """The source of each document of a part; the name of the input where nothing else is known."""
    return [origin or source for origin in cleaned["origin"].to_pylist()]


@dataclass(frozen=True, slots=True)
class _Worst:
    """The source that would lose most."""

    name: str
    count: int
    gone: npt.NDArray[np.int64]


def check_sources(
    root: Path, parts: Sequence[Key], plan: Plan, verdicts: Verdicts, texts: Texts
) -> None:
    """See that of each source as large a share stays as ``near.source_floor`` asks for.

    Raises:
        RunError: if one would lose more; the message names the cluster that takes most of it, and
            what these documents share.
    """
    floor = plan.settings.near.source_floor
    if not floor:
        return
    names: dict[str, int] = {}
    codes: list[int] = []
    for key in parts:
        if key[0] < plan.inputs:
            cleaned = read_table(root / part_name("clean", *key), ["origin"])
            origins = origins_of(cleaned, plan.sources[key[0]].name)
            codes += [names.setdefault(origin, len(names)) for origin in origins]
    code = np.array(codes, np.int64)
    gone = np.isin(verdicts.fate[: len(code)], REPEATS)
    counts = np.bincount(code, minlength=len(names))
    share = np.bincount(code, gone, minlength=len(names)) / np.maximum(counts, 1)
    share[counts < _LEAST] = 0
    if not len(share) or share.max() <= 1 - floor:
        return
    worst = int(share.argmax())
    lost = np.flatnonzero(gone & (code == worst))
    found = _Worst(list(names)[worst], int(counts[worst]), lost)
    raise RunError(_refusal(found, root, parts, verdicts, texts, plan.settings))


def _refusal(
    worst: _Worst,
    root: Path,
    parts: Sequence[Key],
    verdicts: Verdicts,
    texts: Texts,
    settings: Settings,
) -> str:
    partners, counts = np.unique(verdicts.partner[worst.gone], return_counts=True)
    partner = int(partners[counts.argmax()])
    words = (
        f"{len(worst.gone)} of {worst.count} documents of {worst.name} would go as repeats, but "
        f"near.source_floor has {settings.near.source_floor:.0%} of them stay"
    )
    if partner >= 0:
        one = int(worst.gone[verdicts.partner[worst.gone] == partner][0])
        shared = passages(texts[one], texts[partner], settings.text)
        longest = max((p.a for p in shared), key=lambda span: span.end - span.start, default=None)
        words += f": {counts.max()} for {_id(root, parts, partner)!r}"
        if longest is not None:
            text = " ".join(texts[one][longest.start : longest.end].split())
            words += f", with which they share {text[:_SNIPPET]!r} ({len(text)} characters)"
    return (
        f"{words}. If that is a template of the site, run on its pages with their addresses, which "
        "takes templates out, or lower templates.pages; if not, raise near.threshold or lower "
        "near.source_floor, and name another --out"
    )


def _id(root: Path, parts: Sequence[Key], document: int) -> str:
    for key in parts:
        ids = read_table(root / part_name("clean", *key), ["id"])["id"]
        if document < len(ids):
            return str(ids[document].as_py())
        document -= len(ids)
    return ""
