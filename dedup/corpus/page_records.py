"""Page records to cleaned records, one at a time: what `dedup clean` does with a stream of them."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from dedup.config import Format, KeySettings, Settings
from dedup.corpus.io.pages import page_fields, page_of
from dedup.corpus.io.readers import read_lines
from dedup.corpus.io.records import Raw, Record, Reject, made_id, parse, scalar_text
from dedup.corpus.io.streams import Problems
from dedup.corpus.io.warc import read_warc
from dedup.corpus.stages.output import record_of
from dedup.errors import InputError
from dedup.model import Page


def clean_records(
    file: BinaryIO,
    name: str,
    kind: Format,
    settings: Settings,
    failed: Callable[[str, Exception], None],
) -> Iterator[tuple[Record, Page]]:
    """The records of a stream with their pages, each as soon as it is there.

    Args:
        file: JSON lines, or a WARC or WET file, compressed or not.
        name: what messages call it.
        kind: which of these it is.
        settings: how to clean, what fields are called, and how large a record may be.
        failed: told the place and the error of what cannot be read; the others are done.
    """
    problems: Problems = []
    reader = read_lines if kind is Format.JSONL else read_warc
    for item in reader(file, problems, settings.corpus.record_bytes):
        place = getattr(item, "place", "")
        try:
            if isinstance(item, Reject):
                raise InputError(item.reason)
            if isinstance(item, Raw):
                record = parse(item, name, settings.keys)
                yield record, page_of(record, settings)
        except GeneratorExit:
            raise
        except Exception as error:  # whatever one record does, the others are done
            failed(f"{name}: {place}", error)
    for problem in problems:
        failed(name, InputError(problem))


def cleaned_record(record: Record, page: Page, name: str, keys: KeySettings) -> dict[str, Any]:
    """A record with the text of its page in place of the page.

    Its own fields stay; title, type, confidence and metadata are added where it has none of the
    name. A record that has no id gets none.

    Args:
        record: the record.
        page: its page, cleaned.
        name: the source that it was read from.
        keys: what the fields are called.
    """
    row = {
        "extra": record.extra,
        "given": None,
        "id": None if record.id == made_id(name, record.row) else record.id,
        "url": record.url,
        "date": record.date,
        **page_fields(page),
    }
    return record_of(row, scalar_text(page.text), keys)
