"""Tables of anything that exports Arrow: cleaned or searched, and given back as what they were."""

from collections.abc import Sequence
from typing import Any

from dedup.config import DEFAULTS, Settings
from dedup.corpus.extra import require
from dedup.corpus.pages import scalar_text
from dedup.errors import InputError, SettingsError
from dedup.near.find import find_duplicates
from dedup.page.clean import clean


def clean_table(
    table: Any,
    *,
    html: str | None = None,
    url: str | None = None,
    settings: Settings = DEFAULTS,
) -> Any:
    """Clean a column of pages.

    Args:
        table: a pyarrow table, or anything that exports Arrow: a pandas or polars frame, a Hugging
            Face data set.
        html: the column of the pages, strings or bytes; ``settings.keys.html`` by default.
        url: the column of their addresses, if there is one; ``settings.keys.url`` by default.
        settings: see `dedup.config`.

    Returns:
        The same kind of table with two columns more: the text under ``settings.keys.text`` (in
        place of one that was there) and ``title``. A page that cannot be read has a null text.

    Raises:
        InputError: if the object exports no Arrow.
        SettingsError: if a column is not there.

    >>> import pyarrow as pa
    >>> page = "<nav>Home</nav><p>The old mill by the river has been turned into a school.</p>"
    >>> clean_table(pa.table({"html": [page]}))["text"].to_pylist()
    ['The old mill by the river has been turned into a school.']
    """
    pa = require("pyarrow")
    arrow = to_arrow(table)
    name = html or settings.keys.html
    pages = column_of(arrow, name).to_pylist()
    addresses = url or settings.keys.url
    if addresses in arrow.column_names:
        urls = arrow[addresses].to_pylist()
    elif url:
        column_of(arrow, url)
    else:
        urls = [None] * len(pages)
    texts: list[str | None] = []
    titles: list[str | None] = []
    for page, address in zip(pages, urls, strict=True):
        try:
            cleaned = clean(page, url=address, settings=settings)
        except InputError:
            texts.append(None)
            titles.append(None)
        else:
            texts.append(scalar_text(cleaned.text))
            titles.append(scalar_text(cleaned.title))
    for column, values in ((settings.keys.text, texts), ("title", titles)):
        arrow = _with_column(arrow, column, pa.array(values, pa.string()))
    return like(table, arrow)


def deduplicate_table(
    table: Any,
    *,
    text: str | None = None,
    settings: Settings = DEFAULTS,
    jobs: int = 1,
    order: Sequence[Any] | None = None,
) -> Any:
    """The rows of a table whose texts are kept by `dedup.find_duplicates`.

    Args:
        table: a pyarrow table, or anything that exports Arrow.
        text: the column of the texts; ``settings.keys.text`` by default.
        settings: see `dedup.config`.
        jobs: threads.
        order: see `dedup.find_duplicates`.

    Returns:
        The same kind of table with fewer rows.

    >>> import pyarrow as pa
    >>> deduplicate_table(pa.table({"text": ["one", "two", "ONE"]}))["text"].to_pylist()
    ['one', 'two']
    """
    arrow = to_arrow(table)
    column = column_of(arrow, text or settings.keys.text)
    found = find_duplicates(column, settings=settings, jobs=jobs, order=order)
    return like(table, arrow.filter(require("pyarrow").array(found.keep)))


def to_arrow(table: Any) -> Any:
    """The pyarrow table of an object that exports Arrow.

    Raises:
        InputError: if it does not.
    """
    pa = require("pyarrow")
    if isinstance(table, pa.Table):
        return table
    if hasattr(table, "__arrow_c_stream__"):
        return pa.table(table)
    # Hugging Face data sets hold an Arrow table; `with_format` applies selections and renamings.
    if hasattr(table, "with_format") and hasattr(table, "data"):
        return table.with_format("arrow")[:]
    raise InputError(
        f"a {type(table).__name__} exports no Arrow: give a pyarrow table, "
        "or a pandas or polars frame"
    )


def like(table: Any, arrow: Any) -> Any:
    """An Arrow table as the kind of table that another one is."""
    kind = type(table)
    library = kind.__module__.partition(".")[0]
    if library == "pandas":
        return arrow.to_pandas()
    if library == "polars":
        return require("polars").from_arrow(arrow)
    if library == "datasets":
        return kind(arrow)
    return arrow


def column_of(table: Any, name: str) -> Any:
    """A column of an Arrow table.

    Raises:
        SettingsError: if there is none of the name; the message names those that are there.
    """
    if name not in table.column_names:
        raise SettingsError(
            f"no column {name!r} among {', '.join(table.column_names) or '(none)'}: name another"
        )
    return table[name]


def _with_column(table: Any, name: str, values: Any) -> Any:
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, values)
    return table.append_column(name, values)
