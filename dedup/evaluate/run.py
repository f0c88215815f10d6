"""Cleaners on pages with their main text: F1 per cleaner and group, and the worst pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dedup.config import DEFAULTS, Given, settings_of
from dedup.errors import DedupError, SettingsError
from dedup.evaluate.metric import Score, f1, precision_recall
from dedup.evaluate.pages import GoldPage
from dedup.evaluate.peers import Extract, cleaners, quietly
from dedup.values import parsed_toml

OURS, ALL = "dedup", "all"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well pages were cleaned.

    Attributes:
        scores: by group of pages (``all`` first), then by cleaner.
        worst: our F1 of single pages, lowest first, with their names.
    """

    scores: Mapping[str, Mapping[str, Score]]
    worst: tuple[tuple[float, str], ...]

    def below(self, floors: Mapping[str, float]) -> list[str]:
        """The groups whose F1 is under its floor, a phrase each.

        Raises:
            SettingsError: if there are no pages of a group that has a floor.
        """
        missing = sorted(floors.keys() - self.scores.keys())
        if missing:
            there = ", ".join(self.scores)
            raise SettingsError(f"a floor for {missing[0]!r}, of which there are no pages: {there}")
        found = {group: self.scores[group][OURS].f1 for group in floors}
        return [
            f"{group}: F1 is {found[group]:.4f}, its floor {floor:.4f}"
            for group, floor in floors.items()
            if found[group] < floor
        ]


def evaluate(
    pages: Iterable[GoldPage], settings: Given = DEFAULTS, *, peers: bool = True
) -> Evaluation:
    """Clean pages, and hold the texts against those that are known.

    F1 is that of bags of 4-grams of tokens (see `dedup.evaluate.metric`), precision and recall
    averaged over the pages. A page that a cleaner cannot read counts as an empty text.

    Args:
        pages: see `dedup.evaluate.pages.gold_pages`.
        settings: how dedup cleans.
        peers: also measure the cleaners that are installed (trafilatura, resiliparse ...).
    """
    from dedup.page.clean import clean

    chosen = settings_of(settings)
    others: dict[str, Extract] = cleaners() if peers else {}
    scores: dict[str, dict[str, Score]] = {}
    worst = []
    for page in pages:
        try:
            text = clean(page.html, url=page.url, settings=chosen).text
        except DedupError:
            text = ""
        worst.append((f1(*precision_recall(text, page.golds)), page.name))
        texts = {OURS: text, **{tool: quietly(run, page.html) for tool, run in others.items()}}
        for group in dict.fromkeys((ALL, page.kind or ALL)):
            row = scores.setdefault(group, {tool: Score() for tool in texts})
            for tool, found in texts.items():
                row[tool].add(found, page.golds, (), ())
    return Evaluation(scores, tuple(sorted(worst)))


def read_floors(path: str | Path) -> dict[str, float]:
    """Floors of F1 by group from a TOML file of lines such as ``all = 0.9``.

    Raises:
        SettingsError: if the file is not there or no TOML, or holds anything else.
    """
    try:
        floors = parsed_toml(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, SettingsError) as error:
        raise SettingsError(f"{path}: {error}") from error
    for group, floor in floors.items():
        if isinstance(floor, bool) or not isinstance(floor, int | float) or not 0 <= floor <= 1:
            raise SettingsError(f"{path}: the floor of {group!r} is {floor!r}: give 0 to 1")
    return floors
