"""Tables of anything that exports Arrow: cleaned or searched, and given back as what they were."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, overload

import numpy as np

from dedup.config import DEFAULTS, Given, settings_of
from dedup.corpus.io.records import scalar_text
from dedup.corpus.optional import require
from dedup.corpus.stages.verdicts import Fate, judge
from dedup.errors import InputError, SettingsError
from dedup.near import search as near
from dedup.near.parallel import Progress, silent
from dedup.near.results import Clusters

# A pyarrow table, or anything that exports one.
Frame = TypeVar("Frame")
# The columns that `find_duplicates` gives a table.
_FIGURES = ("jaccard", "containment", "partner_containment")
_VERDICT = ("keep", "relation", "partner", *_FIGURES)


def clean_table(
    table: Any,
    *,
    html: str | None = None,
    url: str | None = None,
    settings: Given = DEFAULTS,
) -> Any:
    """Clean a column of pages.

    Args:
        table: a pyarrow table, or anything that exports Arrow: a pandas or polars frame, a Hugging
            Face data set.
        html: the column of the pages, strings or bytes; ``settings.keys.html`` by default.
        url: the column of their addresses, if there is one; ``settings.keys.url`` by default.
        settings: as `dedup.Settings` or as a dict.

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
    from dedup.page.clean import clean

    pa = require("pyarrow")
    settings = settings_of(settings)
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
    columns = {settings.keys.text: texts, "title": titles}
    return _with_columns(table, {n: pa.array(v, pa.string()) for n, v in columns.items()})


@overload
def find_duplicates(
    texts: Iterable[str] | Mapping[str, str] | Mapping[int, str],
    threshold: float | None = None,
    *,
    ids: Iterable[int | str] | None = None,
    order: Iterable[Any] | None = None,
    jobs: int = 1,
    progress: Progress = silent,
    settings: Given = DEFAULTS,
) -> Clusters: ...
@overload
def find_duplicates(
    texts: Frame,
    threshold: float | None = None,
    *,
    text: str | None = None,
    order: Iterable[Any] | None = None,
    jobs: int = 1,
    progress: Progress = silent,
    settings: Given = DEFAULTS,
) -> Frame: ...
def find_duplicates(
    texts: Any,
    threshold: float | None = None,
    *,
    text: str | None = None,
    ids: Iterable[int | str] | None = None,
    order: Iterable[Any] | None = None,
    jobs: int = 1,
    progress: Progress = silent,
    settings: Given = DEFAULTS,
) -> Any:
    """Find exact copies, near-duplicates and excerpts among texts, or among the rows of a table.

    Args:
        texts: texts, for which this is `dedup.near.search.find_duplicates`, or a mapping of ids to
            texts; or a pyarrow table, or anything that exports one: a pandas or polars frame, a
            Hugging Face data set. Null texts count as empty.
        threshold: the Jaccard similarity from which texts are near-duplicates.
        text: the column of the texts of a table; ``settings.keys.text`` by default.
        ids: what to call texts that are in no table; rows of a table go by their number.
        order: what decides which one is kept, for each text; see there.
        jobs: threads.
        progress: see there.
        settings: all the rest.

    Returns:
        Clusters for texts. For a table the same kind of table with the columns ``keep``,
        ``relation`` (kept, exact, near, or contains for a kept row that lies in another one),
        ``partner`` (the number of the other row, from 0), ``jaccard``, ``containment`` (the share
        of the row in its partner) and ``partner_containment``.

    Raises:
        InputError: something else than texts was given.
        SettingsError: a column is not there, or one of the six is there already; and as there.

    >>> [list(cluster) for cluster in find_duplicates({"a": "one", "b": "two", "c": "ONE"})]
    [['a', 'c']]
    >>> import pyarrow as pa
    >>> found = find_duplicates(pa.table({"text": ["one", "two", "ONE"]}))
    >>> found["keep"].to_pylist(), found["partner"].to_pylist()
    ([True, True, False], [None, None, 0])
    """
    settings = settings_of(settings)
    if not is_table(texts):
        texts, ids = _by_id(texts, ids)
        return near.find_duplicates(
            texts, threshold, ids=ids, order=order, jobs=jobs, progress=progress, settings=settings
        )
    found = near.find_duplicates(
        _texts_of(to_arrow(texts), text or settings.keys.text),
        threshold,
        order=order,
        jobs=jobs,
        progress=progress,
        settings=settings,
    )
    return _with_columns(texts, _verdicts(found))


def _texts_of(table: Any, name: str) -> Any:
    """The column of the texts of a table, which has none of the columns that it will get."""
    pa = require("pyarrow")
    column = column_of(table, name)
    if there := [name for name in _VERDICT if name in table.column_names]:
        raise SettingsError(f"the table has a column {there[0]!r} already: rename or drop it")
    if not pa.types.is_string(column.type):  # a view (polars), a dictionary (categories)
        column = column.cast(pa.large_string())
    return require("pyarrow.compute", "pyarrow").fill_null(column, "")


def _by_id(texts: Any, ids: Any) -> tuple[Any, Any]:
    """Texts and their ids, which a mapping holds both."""
    if not isinstance(texts, Mapping):
        return texts, ids
    if ids is not None:
        raise SettingsError("texts by id and ids as well: give one of the two")
    return texts.values(), texts.keys()


def _verdicts(found: Clusters) -> dict[str, Any]:
    """What was found as one value a row, by name of the column."""
    pa = require("pyarrow")
    rows = found.leaders.size
    verdicts = judge(found, np.ones(rows, np.int64), drop_contained=False, reference=rows)
    fate, partner = verdicts.fate, verdicts.partner
    figures = [verdicts.jaccard, verdicts.containment, verdicts.partner_containment]
    excerpts = found.excerpts
    # The one that holds most of a row comes last, and stays.
    for at in np.argsort(excerpts.containment_a, kind="stable").tolist():
        row = int(excerpts.a[at])
        if found.keep[row]:
            fate[row], partner[row] = Fate.CONTAINS, excerpts.b[at]
            for figure, name in zip(
                figures, ("jaccard", "containment_a", "containment_b"), strict=True
            ):
                figure[row] = getattr(excerpts, name)[at]
    alone = fate == Fate.KEPT
    return {
        "keep": pa.array(found.keep),
        "relation": pa.array([Fate(value).name.lower() for value in fate.tolist()], pa.string()),
        "partner": pa.array(partner, mask=alone),
        **{
            name: pa.array(figure, mask=alone)
            for name, figure in zip(_FIGURES, figures, strict=True)
        },
    }


def is_table(given: Any) -> bool:
    """Whether an object is a table, and no iterable of texts (a column, a series)."""
    return hasattr(given, "column_names") or (
        hasattr(given, "columns")
        and (hasattr(given, "__arrow_c_stream__") or hasattr(given, "__arrow_c_array__"))
    )


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


def _with_columns(table: Any, columns: dict[str, Any]) -> Any:
    """A table of the same kind with these columns; the others stay as they are."""
    kind = type(table)
    library = kind.__module__.partition(".")[0]
    if library == "pandas":
        return table.assign(
            **{name: column.to_pandas().to_numpy() for name, column in columns.items()}
        )
    if library == "polars":
        more = require("polars").from_arrow(require("pyarrow").table(columns))
        return table.with_columns(more.get_columns())
    arrow = to_arrow(table)
    for name, column in columns.items():
        at = arrow.schema.get_field_index(name)
        arrow = arrow.set_column(at, name, column) if at >= 0 else arrow.append_column(name, column)
    return kind(arrow) if library == "datasets" else arrow


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
