"""The page of a record."""

import codecs
from typing import Any

from dedup.config import Settings
from dedup.corpus.io.records import Form, Record, scalar_text
from dedup.corpus.optional import require
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
        encoding=known_encoding(record.encoding) if isinstance(record.data, bytes) else None,
        settings=settings,
    )


def known_encoding(encoding: str | None) -> str | None:
    """An encoding of which there is a codec; servers declare others too, and those say nothing.

    >>> known_encoding("gbk"), known_encoding("utf8mb4"), known_encoding(None)
    ('gbk', None, None)
    """
    try:
        return codecs.lookup(encoding).name if encoding else None
    except LookupError:
        return None


def page_fields(page: Page) -> dict[str, Any]:
    """What a record gets from its page but the text."""
    said = {key: scalar_text(value) for key, value in page.metadata.items()}
    metadata = require("orjson").dumps(said).decode() if said else None
    return {
        "title": scalar_text(page.title),
        "kind": page.kind.value,
        "type": page.type.value,
        "type_probability": page.type_probability,
        "confidence": page.confidence,
        "encoding": page.encoding,
        "metadata": metadata,
    }
