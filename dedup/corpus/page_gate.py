"""Pages of a crawl as they come: cleaned, templates learnt, and held against an index."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dedup.config import RUN_MAX_BYTES, PageSettings, Settings
from dedup.corpus.io.pages import known_encoding
from dedup.corpus.io.records import Form, Raw
from dedup.corpus.templates.learn import Templates
from dedup.model import Seen, SourceKind
from dedup.near.index import Index

TEMPLATES = "templates"
_SAVED = 500  # pages after which what was learnt is kept in the index


@dataclass(frozen=True, slots=True)
class Arrival:
    """A page that has come.

    Attributes:
        digest: the digest of its bytes, by which it is known in the index.
        page: the page.
        told: what is to be kept of it, for later ones that refer to it.
    """

    digest: str
    page: Raw
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an index says of a page.

    Attributes:
        relation: new, identical (the same bytes), exact, near or contains.
        partner: what was kept of the page that it repeats, None where it is new.
        seen: the match of the texts, where they were compared.
    """

    relation: str
    partner: dict[str, Any] | None = None
    seen: Seen | None = None


class PageGate:
    """Tells which pages are new, by their bytes and by their text without templates.

    What is learnt of the templates of hosts is kept in the index; several processes may learn.

    Args:
        index: of what was seen.
        failed: told the place and the error of a page that cannot be cleaned; it counts as new.
    """

    def __init__(self, index: Index, failed: Callable[[str, Exception], None]) -> None:
        self._index = index
        self._failed = failed
        self._settings = Settings(page=PageSettings(max_bytes=RUN_MAX_BYTES))
        self._load()

    def _load(self) -> None:
        kept = self._index.get(TEMPLATES)
        self._start = kept
        self._templates = Templates() if kept is None else Templates.from_bytes(kept)
        self._learnt = 0

    def sift(self, arrivals: Sequence[Arrival]) -> list[Verdict]:
        """What is new among some pages, each compared with all before it; the new are stored.

        Pages without text are only known by their bytes.
        """
        known = self._index.recall(arrival.digest for arrival in arrivals)
        verdicts: dict[int, Verdict] = {}
        fresh: list[tuple[int, str]] = []
        for at, arrival in enumerate(arrivals):
            if arrival.digest in known:
                verdicts[at] = Verdict("identical", known[arrival.digest])
                continue
            known[arrival.digest] = arrival.told
            fresh.append((at, self._text(arrival.page)))
        blank = [(arrivals[at].digest, "", arrivals[at].told) for at, text in fresh if not text]
        self._index.add_many(blank)
        told = [(at, text) for at, text in fresh if text]
        seen = self._index.admit_many(
            (arrivals[at].digest, text, arrivals[at].told) for at, text in told
        )
        for (at, _), match in zip(told, seen, strict=True):
            if match is not None:
                verdicts[at] = Verdict(match.kind.value, match.meta or {}, match)
        if self._learnt >= _SAVED:
            self.save()
        return [verdicts.get(at, Verdict("new")) for at in range(len(arrivals))]

    def _text(self, raw: Raw) -> str:
        """The text of a page without the templates known so far, of which it teaches more."""
        from dedup.page.clean import clean

        try:
            page = clean(
                raw.data,
                url=raw.url,
                kind=SourceKind.HTML if raw.form is Form.HTML else None,
                encoding=known_encoding(raw.encoding),
                settings=self._settings,
            )
            text = self._templates.apply(page).text
            self._templates.add(page)
        except Exception as error:  # whatever one page does, the others are done
            self._failed(raw.place, error)
            return ""
        self._learnt += 1
        return text

    def forget(self, arrivals: Iterable[Arrival]) -> None:
        """Remove pages that were stored but could not be passed on."""
        self._index.remove_many(arrival.digest for arrival in arrivals)

    def save(self) -> None:
        """Keep what was learnt, together with what others have learnt meanwhile."""
        before = Templates() if self._start is None else Templates.from_bytes(self._start)
        more = self._templates.since(before)

        def joined(kept: bytes | None) -> bytes:
            every = Templates() if kept is None else Templates.from_bytes(kept)
            every.merge(more)
            return every.to_bytes()

        self._index.change(TEMPLATES, joined)
        self._load()
