"""Blocks that recur over the pages of a host."""

import gzip
import io
import json
import operator
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from dedup.config import DEFAULTS, Given, TemplateSettings, settings_of
from dedup.corpus.io.streams import read_file
from dedup.corpus.templates.fingerprint import Flags, Marks, host_of, inside, mark
from dedup.errors import InputError, SettingsError
from dedup.model import Label, LabelledBlock, Page

_FORMAT = 2  # 1 had other hashes
# What a file may decompress to: the default bound of fingerprints, four times over.
_MOST_BYTES = 1 << 30
_MOST_PAGES = 1 << 48  # of a host
# UTF-8 bytes from which a block is a paragraph: a line of Latin text twice over, 55 characters of
# Chinese.
_LONG = 160
# UTF-8 bytes of text that make a page one of its own: a short sentence.
_OWN = 60

# The share of a text in links above which it consists of them.
LINKED = 0.5


@dataclass(slots=True)
class _Host:
    """What was seen of one host.

    Attributes:
        pages: pages seen.
        judged: of them, those with text of their own.
        counts: fingerprint: pages that it is on.
        frame: fingerprint: judged pages on which it stood outside the body.
        inside: fingerprint: judged pages on which it stood inside.
    """

    pages: int = 0
    judged: int = 0
    counts: Counter[int] = field(default_factory=Counter)
    frame: dict[int, int] = field(default_factory=dict)
    inside: dict[int, int] = field(default_factory=dict)


class Templates:
    """The templates of hosts, learned from their pages, and taken out of them.

    A block recurs if a block of equal folded text (or, from 48 characters, of equal opening or
    ending, so that a name or number may differ) stands under the same elements on at least
    ``settings.pages`` pages of the host. Recurring alone does not make a template: a news item may
    be served under five addresses, a law be quoted in every tenth article. What tells them apart:

    - Only pages with text of their own bear witness: those with at least a sentence of content that
      does not recur. An article repeated under many addresses has none, so its copies never vote.
    - The elements around a block belong to its fingerprint: the teaser of an article in a sidebar
      says nothing about the same words in the article.
    - Where it stands: *inside*, between paragraphs that are the page's own and share a parent, or
      in the *frame* around them. Each is counted for itself and needs its own share of the pages;
      a long block needs a higher share than a short one, and one inside the highest
      (`dedup.config.TemplateSettings`). A law quoted in the text of some articles stays.
    - Headings and table cells inside are structure ("Ingredients") and always stay.

    Only the verdict of a block that the classifier took for content is changed: its label becomes
    ``nav`` if it consists of links and ``other`` if not, and its reason names the pages.

    Memory is bounded by ``settings.entries`` fingerprints; beyond, the rarest are dropped.

    >>> import dedup
    >>> templates = Templates()
    >>> for n in range(6):
    ...     templates.add(dedup.clean(_example(n), url=f"https://example.org/{n}"))
    >>> page = templates.apply(dedup.clean(_example(7), url="https://example.org/7"))
    >>> [block.reason for block in page.blocks if "pages of" in block.reason]
    ['on 6 of 6 pages of example.org']
    """

    def __init__(self, settings: TemplateSettings = DEFAULTS.templates) -> None:
        self.settings = settings
        self._hosts: dict[str, _Host] = {}
        self._entries = 0

    def add(self, page: Page, host: str | None = None) -> None:
        """Learn from one page, as a crawler does, page by page.

        Args:
            page: a cleaned page.
            host: its host; taken from ``page.url`` by default. Without either nothing is learned.
        """
        host = host_of(page.url) if host is None else host
        marks = mark(page.blocks)
        self.count(host, marks)
        self._weigh(host, marks, first=self.settings.pages)

    def count(self, host: str, marks: Marks) -> None:
        """First pass over the pages of a host: which blocks are on how many pages."""
        self.count_keys(host, marks.keys.ravel().tolist())

    def count_keys(self, host: str, keys: Iterable[int]) -> None:
        """`count` for a page of which only the fingerprints are known, 0 for none."""
        if not host:
            return
        seen = self._hosts.setdefault(host, _Host())
        seen.pages += 1
        before = len(seen.counts)
        distinct = set(keys)
        distinct.discard(0)
        seen.counts.update(distinct)
        self._entries += len(seen.counts) - before
        if self._entries > self.settings.entries:
            self.drop_rare()

    def weigh(self, host: str, marks: Marks) -> None:
        """Second pass over the same pages: where the recurring blocks stand."""
        self._weigh(host, marks, first=1)

    def _weigh(self, host: str, marks: Marks, first: int) -> None:
        """Let a page vote; ``first`` is the weight of a block that has just begun to recur.

        In one pass, the pages before it held the block too, but nobody knew yet that it recurs.
        """
        seen = self._hosts.get(host)
        if seen is None:
            return
        recurs = self._recurs(seen, marks)
        if int(marks.size[marks.text & ~recurs].sum()) < _OWN:
            return
        seen.judged += 1
        again = np.flatnonzero(recurs)
        if not again.size:
            return
        within = inside(marks, recurs)[again].tolist()
        # Where a fingerprint comes more than once, the last place counts.
        found = {
            key: is_inside
            for keys, is_inside in zip(marks.keys[again].tolist(), within, strict=True)
            for key in keys
            if key
        }
        for key, is_inside in found.items():
            place = seen.inside if is_inside else seen.frame
            weight = first if seen.counts.get(key) == self.settings.pages else 1
            place[key] = place.get(key, 0) + weight

    def judges(self, host: str | None) -> bool:
        """Whether enough is known of a host to find its templates."""
        seen = self._hosts.get(host or "")
        return seen is not None and seen.judged >= self.settings.pages

    def judge(self, host: str, marks: Marks) -> dict[int, str]:
        """The blocks of a page that belong to the host's template, each with the reason."""
        if not self.judges(host):
            return {}
        seen = self._hosts[host]
        recurs = self._recurs(seen, marks)
        # What no fingerprint of recurs, no page voted for.
        again = np.flatnonzero(recurs)
        within = inside(marks, recurs)[again]
        rows = zip(
            again.tolist(),
            marks.keys[again].tolist(),
            (marks.size[again] >= _LONG).tolist(),
            within.tolist(),
            (within & marks.structure[again]).tolist(),
            strict=True,
        )
        found = {}
        for block, keys, is_long, is_inside, is_structure in rows:
            if not is_structure:
                reason = self._reason(host, seen, keys, is_long, is_inside)
                if reason is not None:
                    found[block] = reason
        return found

    def apply(self, page: Page, host: str | None = None, settings: Given = DEFAULTS) -> Page:
        """The page with its template blocks labelled as such and gone from its text.

        Args:
            page: a cleaned page.
            host: its host; taken from ``page.url`` by default.
            settings: ``settings.page`` says which labels make up the text.
        """
        from dedup.page.clean import page_text

        chosen = settings_of(settings)
        host = host_of(page.url) if host is None else host
        reasons = self.judge(host, mark(page.blocks))
        blocks = tuple(
            relabel(block, reasons[at], chosen.page.include) if at in reasons else block
            for at, block in enumerate(page.blocks)
        )
        return replace(page, blocks=blocks, text=page_text(blocks, chosen.page))

    def forget_counts(self) -> None:
        """After the second pass: drop all fingerprints that no page voted for."""
        for seen in self._hosts.values():
            voted = seen.frame.keys() | seen.inside.keys()
            seen.counts = Counter(
                {key: number for key, number in seen.counts.items() if key in voted}
            )
        self._entries = sum(len(seen.counts) for seen in self._hosts.values())

    def merge(self, other: "Templates") -> None:
        """Add what another finder learned from other pages, of the same hosts or not.

        Raises:
            SettingsError: if the two were made with different settings.
        """
        if other.settings != self.settings:
            raise SettingsError(
                f"templates of {other.settings} cannot join those of {self.settings}"
            )
        for host, theirs in other._hosts.items():
            ours = self._hosts.setdefault(host, _Host())
            ours.pages += theirs.pages
            ours.judged += theirs.judged
            before = len(ours.counts)
            for name in ("counts", "frame", "inside"):
                sums = getattr(ours, name)
                for key, number in getattr(theirs, name).items():
                    sums[key] = sums.get(key, 0) + number
            self._entries += len(ours.counts) - before
        if self._entries > self.settings.entries:
            self.drop_rare()

    def since(self, earlier: "Templates") -> "Templates":
        """What these have learned beyond an earlier state of themselves, to be merged elsewhere."""
        more = Templates(self.settings)
        for host, seen in self._hosts.items():
            old = earlier._hosts.get(host, _Host())
            new = _Host(seen.pages - old.pages, seen.judged - old.judged)
            for name in ("counts", "frame", "inside"):
                before, sums = getattr(old, name), getattr(new, name)
                for key, number in getattr(seen, name).items():
                    if number > before.get(key, 0):
                        sums[key] = number - before.get(key, 0)
            if new.pages > 0:
                more._hosts[host] = new
        return more

    def drop_rare(self, floor: int = 1) -> None:
        """Drop fingerprints on at most ``floor`` pages, and more until half the bound is free."""
        while True:
            for seen in self._hosts.values():
                seen.counts = Counter({key: n for key, n in seen.counts.items() if n > floor})
                seen.frame = {key: n for key, n in seen.frame.items() if key in seen.counts}
                seen.inside = {key: n for key, n in seen.inside.items() if key in seen.counts}
            self._entries = sum(len(seen.counts) for seen in self._hosts.values())
            if self._entries <= self.settings.entries // 2:
                return
            floor += 1

    def save(self, path: str | Path) -> None:
        """Write everything learned to one file (JSON, gzipped)."""
        Path(path).write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: str | Path) -> "Templates":
        """Read what `save` wrote.

        Raises:
            InputError: if the file is something else.
        """
        return cls.from_bytes(Path(path).read_bytes())

    def to_bytes(self) -> bytes:
        """Everything learned, the same bytes for the same pages."""
        content = {
            "format": _FORMAT,
            "settings": asdict(self.settings),
            "hosts": self.hosts(),
        }
        return gzip.compress(json.dumps(content).encode(), mtime=0)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Templates":
        """What `to_bytes` gave.

        Raises:
            InputError: if the bytes are something else.
        """
        try:
            content = json.loads(read_file(io.BytesIO(data), _MOST_BYTES))
            if content["format"] != _FORMAT:
                raise InputError(f"templates of format {content['format']}; this reads {_FORMAT}")
            return cls.of_hosts(content["hosts"], TemplateSettings(**content["settings"]))
        except InputError:
            raise
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise InputError(f"no file of templates: {error}") from error

    @classmethod
    def of_hosts(
        cls, hosts: Mapping[str, Mapping[str, Any]], settings: TemplateSettings
    ) -> "Templates":
        """What is known of hosts: what `hosts` gave, of one finder or of several added up."""
        templates = cls(settings)
        for host, fields in hosts.items():
            seen = _Host(_count_of(fields["pages"]), _count_of(fields["judged"]))
            templates._hosts[host] = seen
            for key, numbers in fields["blocks"].items():
                number, frame, within = map(_count_of, numbers)
                seen.counts[int(key)] = number
                seen.frame[int(key)] = frame
                seen.inside[int(key)] = within
            templates._entries += len(seen.counts)
        return templates

    def hosts(self) -> dict[str, dict[str, Any]]:
        """What is known of each host: ``pages``, ``judged``, and ``blocks``, by fingerprint.

        Of a block: the pages that it is on, and those that voted for it in the frame and inside.
        """
        return {host: _host_fields(seen) for host, seen in sorted(self._hosts.items())}

    def _recurs(self, seen: _Host, marks: Marks) -> Flags:
        """Which blocks have a fingerprint that is on enough pages."""
        count, least = seen.counts.get, self.settings.pages
        keys = marks.keys.ravel().tolist()
        known = np.fromiter((count(key, 0) for key in keys), np.int64, len(keys))
        return np.asarray((known.reshape(-1, 3) >= least).any(axis=1))

    def _reason(
        self, host: str, seen: _Host, keys: list[int], is_long: bool, is_inside: bool
    ) -> str | None:
        settings = self.settings
        if is_inside:
            share = settings.inside_long if is_long else settings.inside_short
        else:
            share = settings.frame_long if is_long else settings.frame_short
        votes = seen.inside if is_inside else seen.frame
        least = max(settings.pages, share * seen.judged)
        for place, key in enumerate(keys):
            if votes.get(key, 0) >= least:
                how = "on" if place == 0 else "nearly the same on"
                return f"{how} {seen.counts.get(key, 0)} of {seen.pages} pages of {host}"
        return None


def relabel(labelled: LabelledBlock, reason: str, include: frozenset[Label]) -> LabelledBlock:
    """A content block told to be part of the template; boilerplate keeps its own verdict."""
    if not labelled.label.is_content:
        return labelled
    label = template_label(labelled.block.link_density)
    return replace(labelled, label=label, score=0.0, reason=reason, kept=label in include)


def template_label(link_density: float) -> Label:
    """The label of a block of a template: navigation if it is made of links.

    >>> template_label(0.9).value, template_label(0.0).value
    ('nav', 'other')
    """
    return Label.NAV if link_density > LINKED else Label.OTHER


def _count_of(stored: Any) -> int:
    """A number of pages that was stored."""
    number = operator.index(stored)
    if not 0 <= number <= _MOST_PAGES:
        raise ValueError(f"{number} is no number of pages")
    return number


def _host_fields(seen: _Host) -> dict[str, Any]:
    blocks = {
        str(key): (number, seen.frame.get(key, 0), seen.inside.get(key, 0))
        for key, number in sorted(seen.counts.items())
    }
    return {"pages": seen.pages, "judged": seen.judged, "blocks": blocks}


def _example(number: int) -> str:
    """A page for the doctest: a sentence of its own and one of the site."""
    words = ("rain", "snow", "wind", "fog", "hail", "frost", "heat", "dew")
    return (
        f"<html><body><div class='text'><h1>{words[number]}</h1>"
        + f"<p>The report on {words[number]} tells how long {words[number]} stays in the valley, "
        + f"and what farmers there make of so much {words[number]} in one year.</p></div>"
        + "<div class='box'><p>The weather office of the valley has been kept by its readers since "
        + "it was founded, and everybody who lives here is welcome to take part in it.</p></div>"
        + "</body></html>"
    )
