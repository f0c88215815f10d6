"""`dedup.find_duplicates` on Spark: the same clusters where one machine is outgrown."""

import os
from dataclasses import asdict, replace
from hashlib import blake2b
from typing import Any

from dedup import __version__
from dedup.config import DEFAULTS, Given, Settings, settings_of
from dedup.errors import InputError, MissingExtraError, SettingsError
from dedup.model import Keep
from dedup.near.bands import bands_for
from dedup.spark.candidates import Search, find_candidates
from dedup.spark.checkpoints import Checkpoints
from dedup.spark.verdicts import Found, decide


def find_duplicates(
    df: Any,
    *,
    id: str = "id",
    text: str = "text",
    order: str | None = None,
    against: Any = None,
    threshold: float | None = None,
    settings: Given = DEFAULTS,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Found:
    """Find exact copies, near-duplicates and excerpts among the rows of a Spark data frame.

    The result is that of `dedup.find_duplicates` on the same texts in the order of their ids,
    whatever the partitions, retries and executors that were lost.

    Args:
        df: a data frame of Spark 4, classic or Connect, with a column of ids and one of texts.
            Null texts count as empty.
        id: the column of the ids: integers or strings, all different, and the same each time that
            the frame is read (`monotonically_increasing_id` is not where a task is retried).
        text: the column of the texts.
        order: the column that decides which text of a cluster is kept: for ``near.keep`` "first" a
            number, for "earliest" a date (ISO 8601) or number, for "priority" a number. "first"
            goes by the ids where they are integers and no column is named.
        against: another frame with the same columns, and ids that are in neither twice: its
            documents are kept, whatever they are, and stand for those of ``df`` first.
        threshold: the Jaccard similarity from which texts are near-duplicates; the default is that
            of the settings.
        settings: all the rest.
        checkpoint: a folder that all executors reach: each stage leaves a Parquet folder in it, and
            a search that was killed resumes there. None to keep what stages make with Spark.

    Raises:
        SettingsError: a column is missing or of a type that does not do, or the folder holds the
            search of something else.
        InputError: an id is there twice, or missing.
        MissingExtraError: pyspark is not installed.
    """
    settings = settings_of(settings)
    near = settings.near
    threshold = near.threshold if threshold is None else threshold
    bands_for(threshold, settings.text.slots)  # refuses a threshold that is none
    settings = replace(settings, near=replace(near, threshold=threshold))
    documents = _documents(df, id, text, order, settings, False)
    if against is not None:
        documents = documents.unionByName(_documents(against, id, text, order, settings, True))
    identity = {
        "version": __version__,
        "settings": {name: asdict(getattr(settings, name)) for name in ("text", "near")},
        "contained": settings.corpus.contained.value,
        "columns": [id, text, order],
        "input": _files(documents),
    }
    path = None if checkpoint is None else os.fspath(checkpoint)
    search = Search(documents, settings, Checkpoints(df.sparkSession, path, identity))
    found = find_candidates(search)
    _check_ids(search, found.prints)
    return decide(search, found)


def deduplicate(df: Any, *, id: str = "id", **options: Any) -> Any:
    """The rows of a data frame that `dedup.run` would keep, with all their columns.

    Args:
        df: see `find_duplicates`.
        id: the column of the ids.
        options: those of `find_duplicates`.
    """
    found = find_duplicates(df, id=id, **options)
    gone = found.documents.where("not keep").selectExpr(f"id as `{id}`")
    return df.join(gone, id, "leftanti")


def _documents(
    df: Any,
    id: str,
    text: str,
    order: str | None,
    settings: Settings,
    reference: bool,
) -> Any:
    """The columns of a search, under their own names."""
    try:
        from pyspark.sql import functions as F
        from pyspark.sql.types import IntegralType, StringType
    except ModuleNotFoundError as error:
        raise MissingExtraError("pyspark", "spark") from error

    types = {field.name: field.dataType for field in df.schema}
    for name in (id, text, *([order] if order else [])):
        if name not in types:
            hint = ""
            if name == id:
                hint = (
                    "; documents need ids of their own that stay the same when a task is "
                    "retried, which monotonically_increasing_id does not give: take a key of the "
                    "data, as the address and the time"
                )
            raise SettingsError(f"no column {name!r} among {', '.join(types)}: name another{hint}")
    if not isinstance(types[id], IntegralType | StringType):
        raise SettingsError(
            f"the ids in {id!r} are {types[id].simpleString()}: cast them to string"
        )
    if not isinstance(types[text], StringType):
        raise SettingsError(f"{text!r} holds {types[text].simpleString()}, no texts")
    keep = settings.near.keep
    if keep is Keep.CLEANEST:
        raise SettingsError(f'keep "{keep}" looks at pages: set near.keep to another one on Spark')
    column = F.lit(None).cast("double")
    if keep is not Keep.LONGEST:
        if order is None and keep is Keep.FIRST and isinstance(types[id], IntegralType):
            order = id
        if order is None:
            raise SettingsError(f'keep "{keep}" needs order=, the name of a column')
        kind = types[order]
        column = F.col(order)
        if keep is not Keep.EARLIEST or not isinstance(kind, StringType):
            column = (
                column.cast("timestamp").cast("double")
                if "date" in kind.simpleString()
                else (column.cast("double"))
            )
    whole = types[id] if isinstance(types[id], StringType) else "long"
    return df.select(
        F.col(id).cast(whole).alias("id"),
        F.col(text).alias("text"),
        column.alias("order"),
        F.lit(reference).alias("reference"),
    )


def _files(documents: Any) -> str:
    """What tells the files of one input from those of another; "" for data of the program."""
    names = sorted(documents.inputFiles())
    return blake2b("\n".join(names).encode(), digest_size=8).hexdigest() if names else ""


def _check_ids(search: Search, prints: Any) -> None:
    """See that all ids are there, and different."""

    def find() -> list[Any]:
        twice = prints.groupBy("id").count().where("count > 1 or id is null").limit(1).collect()
        return [str(row["id"]) for row in twice]

    if twice := search.checkpoints.fact("ids", find):
        raise InputError(
            f"the id {twice[0]} is missing or given twice: give each document an id of its own"
        )
