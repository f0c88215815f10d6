"""The page of a record."""

import codecs

from dedup.config import Settings
from dedup.corpus.io.records import Form, Record
from dedup.model import Page, SourceKind


def page_of(record: Record, settings: Settings) -> Page:
    """The page of a record, cleaned.

    Raises:
        InputError: if it cannot be read.
    """
    from dedup.page.clean import clean  # the model: half a second that texts need not wait for

    return clean(
        record.data,
        url=record.url,
        kind=SourceKind.HTML if record.form is Form.HTML else None,
        encoding=_known(record.encoding) if isinstance(record.data, bytes) else None,
        settings=settings,
    )


def _known(encoding: str | None) -> str | None:
    """An encoding of which there is a codec; servers declare others too, and those say nothing.

    >>> _known("gbk"), _known("utf8mb4"), _known(None)
    ('gbk', None, None)
    """
    try:
        return codecs.lookup(encoding).name if encoding else None
    except LookupError:
        return None
