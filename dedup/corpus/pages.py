"""Pages of files, and many pages: cleaned by many processes, in their order, one bad one or not."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dedup.config import DEFAULTS, Favor, Format, Given, Settings
from dedup.corpus.io.formats import format_of
from dedup.corpus.io.streams import read_file
from dedup.corpus.runtime.workers import Beat, Skip, Workers, check_jobs
from dedup.errors import DedupError, InputError
from dedup.model import Label, Page, SourceKind
from dedup.page.clean import clean as clean_page
from dedup.page.given import Rules, clean, refuse_names, with_choices

# A page as it was served or decoded, or the path of its file; and where it came from.
Data = bytes | str | os.PathLike[str]
Item = Data | tuple[Data, str | None]
_Sent = tuple[Any, str | None]
# Called with what is counted, how many are done, and how many there are (None: nobody knows).
Progress = Callable[[str, int, int | None], object]
# Pages that are sent to a process at once, and bytes after which no more are added to them.
_PAGES, _BYTES = 16, 1 << 20
_AHEAD = 4  # of these for each process, that are being worked on or wait for one before them


def clean_file(
    path: str | os.PathLike[str],
    *,
    url: str | None = None,
    kind: SourceKind | str | None = None,
    encoding: str | None = None,
    favor: Favor | str | None = None,
    include: Iterable[Label | str] | None = None,
    rules: Rules | None = None,
    settings: Given = DEFAULTS,
) -> Page:
    """Clean the page in a file, which may be compressed (gzip, Zstandard).

    Args:
        path: the file.
        url: where the page came from; and all the rest as for `dedup.clean`.
        kind: see there.
        encoding: see there.
        favor: see there.
        include: see there.
        rules: see there.
        settings: see there.

    Raises:
        InputError: the file holds many records, is a directory or damaged; and as `dedup.clean`.
        OSError: it cannot be opened.
    """
    chosen = with_choices(settings, favor, include, rules)
    return clean(_read(path, chosen), url=url, kind=kind, encoding=encoding, settings=chosen)


def _read(path: str | os.PathLike[str], settings: Settings) -> bytes:
    """The bytes of the page in a file."""
    name = os.fspath(path)
    if name.startswith(("http://", "https://")):
        refuse_names(name)
    if format_of(name) not in (None, Format.FILES):
        raise InputError(f"{name} holds many records: use dedup.run, or `dedup clean {name}`")
    if Path(name).is_dir():
        raise InputError(f"{name} is a directory: give clean_many() the paths of its files")
    with Path(name).open("rb") as file:
        return read_file(file, settings.corpus.record_bytes)


def clean_many(
    pages: Iterable[Item],
    *,
    jobs: int = 1,
    favor: Favor | str | None = None,
    include: Iterable[Label | str] | None = None,
    rules: Rules | None = None,
    progress: Progress | None = None,
    settings: Given = DEFAULTS,
) -> Iterator[Page]:
    """Clean many pages: an iterator of them in their order.

    A page that cannot be read, or that with more than one process kills or hangs its own, comes out
    without text and says why in ``page.error``; it never ends the others. Few pages are held at
    once, and none is taken before the iterator is asked for the first.

    Args:
        pages: each as for `dedup.clean` (bytes or str), or the path of a file (a ``pathlib.Path``),
            or a pair of either and where it came from.
        jobs: processes; the result does not depend on them.
        favor: see `dedup.clean`.
        include: see there.
        rules: see there.
        progress: called after each page with ``"pages"``, how many are done, and how many there
            are, or None where ``pages`` does not tell.
        settings: see there; ``settings.corpus.page_seconds`` is the time that one page may take
            where there is more than one process.

    >>> text = "The town's new library opened on Monday, after three years of work."
    >>> [page.text or page.error for page in clean_many([f"<p>{text}", b"%PDF-1.4", (text, None)])]
    ["The town's new library ...", 'this is a PDF file...', "The town's new library ..."]
    """
    if isinstance(pages, str | bytes | os.PathLike):
        raise InputError("one page was given where many are cleaned: give a list, or use clean()")
    check_jobs(jobs)
    chosen = with_choices(settings, favor, include, rules)
    return _reported(_cleaned(pages, jobs, chosen), pages, progress)


def _reported(cleaned: Iterator[Page], pages: object, progress: Progress | None) -> Iterator[Page]:
    total = len(pages) if isinstance(pages, Sized) else None
    for done, page in enumerate(cleaned, 1):
        if progress is not None:
            progress("pages", done, total)
        yield page


def _cleaned(pages: Iterable[Item], jobs: int, settings: Settings) -> Iterator[Page]:
    if jobs == 1:
        yield from (_page(*_sendable(item), settings) for item in pages)
        return
    with Workers(jobs, settings.corpus.page_seconds) as workers:
        for few in workers.ordered(_Task(settings), _portions(pages), _AHEAD * jobs):
            yield from few


def _portions(pages: Iterable[Item]) -> Iterator[list[_Sent]]:
    """A few pages at a time."""
    portion: list[_Sent] = []
    size = 0
    for given in pages:
        data, url = _sendable(given)
        portion.append((data, url))
        size += len(data) if isinstance(data, str | bytes) else 0
        if len(portion) == _PAGES or size >= _BYTES:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _sendable(item: Any) -> tuple[Any, str | None]:
    """A page, in a form that can be sent to another process, and where it came from."""
    data, url = item if isinstance(item, tuple) and len(item) == 2 else (item, None)
    if isinstance(data, bytearray | memoryview):
        data = bytes(data)
    elif hasattr(data, "find_all"):
        data = str(data)  # a BeautifulSoup
    elif not isinstance(data, bytes | str | os.PathLike):
        data = InputError(f"a page is {type(data).__name__}: give bytes, str or a path")
    return data, url


@dataclass(frozen=True, slots=True)
class _Task:
    """Cleans pages in another process."""

    settings: Settings

    def open(self) -> Callable[[Sequence[_Sent], Skip, Beat], list[Page]]:
        """See `dedup.corpus.runtime.workers.Task`."""
        # What a first page costs (imports, the model) counts for no page.
        clean_page("<p>A page to warm up with.</p><p>Of two paragraphs.</p>")
        return self._clean

    def _clean(self, pages: Sequence[_Sent], skip: Skip, beat: Beat) -> list[Page]:
        cleaned = []
        for at, (data, url) in enumerate(pages):
            beat(at)
            cleaned.append(
                _failed(skip[at], url) if at in skip else _page(data, url, self.settings)
            )
        return cleaned


def _page(data: Any, url: str | None, settings: Settings) -> Page:
    """One page, whatever is wrong with it."""
    try:
        if isinstance(data, InputError):
            raise data
        if isinstance(data, os.PathLike):
            page = clean_page(_read(data, settings), url=url, settings=settings)
        else:
            page = clean(data, url=url, settings=settings)
    except (DedupError, OSError) as error:
        return _failed(str(error), url)
    except Exception as error:  # one bad page must not end the others
        return _failed(f"{type(error).__name__}: {error}", url)
    return page


def _failed(why: str, url: Any = None) -> Page:
    page = Page("", (), "", SourceKind.TEXT, "", error=why or "unknown")
    return replace(page, url=url) if isinstance(url, str) else page
