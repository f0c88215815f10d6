"""Which text is kept for which others: preference, then length, then the text itself."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from dedup.columns import Readable
from dedup.errors import SettingsError
from dedup.model import Keep
from dedup.near.bands import split
from dedup.near.fingerprints import Fingerprints

Ints = npt.NDArray[np.int64]
Order = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]


def preferences(keep: Keep, order: Iterable[Any] | None, texts: int) -> Order:
    """A number for each text, the smaller the rather it is kept.

    Args:
        keep: the rule.
        order: for "earliest" a date of each text, as `seconds` reads it, or a number; for
            "priority" a number. None, NaN and NaT come last.
        texts: how many there are.

    >>> preferences(Keep.EARLIEST, ["2024-05-02", None, "2023-12-31"], 3).argsort().tolist()
    [2, 0, 1]
    """
    if keep == Keep.LONGEST:
        return np.zeros(texts)
    if keep == Keep.CLEANEST:
        raise SettingsError('keep "cleanest" needs pages: dedup.run takes it; give another here')
    if keep == Keep.FIRST:
        return np.arange(texts, dtype=np.float64)
    given = [] if order is None else plain(order)
    if len(given) != texts or order is None:
        raise SettingsError(f'keep "{keep}" needs order=, with one value for each text')
    values = np.fromiter(map(_seconds if keep == Keep.EARLIEST else _number, given), float, texts)
    if keep == Keep.PRIORITY:
        values = -values
    return np.where(np.isnan(values), np.inf, values)


def plain(values: Any) -> list[Any]:
    """A column of whatever library, or any iterable, as a list of plain values.

    >>> plain(np.arange(2)), plain("ab")
    ([0, 1], ['a', 'b'])
    """
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        values = values.astype("datetime64[us]")  # nanoseconds would come as numbers
    names = ("to_pylist", "tolist")  # of pyarrow; of numpy and pandas
    convert = next((getattr(values, name) for name in names if hasattr(values, name)), None)
    found: list[Any] = convert() if convert else list(values)
    return found


def _number(value: Any) -> float:
    try:
        return np.nan if value is None else float(value)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{value!r} in order= is no number: give numbers or None") from error


def _seconds(value: Any) -> float:
    """A number as it is, a date in seconds; NaN for none."""
    if value is None or value != value:  # NaN and NaT differ from themselves
        return np.nan
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    if isinstance(value, str | date):
        found = seconds(value)
        if found is None:
            raise SettingsError(f"the date {value!r} cannot be read: give ISO 8601 or None")
        return found
    return _number(value)


def seconds(when: str | date | None) -> float | None:
    """Seconds since 1970 of a date, or of a text in ISO 8601; None if it is none.

    Without a zone it is UTC; a year or a month alone is its first day.

    >>> seconds("1970-01-02"), seconds("1970-01-01T01:00:00+01:00"), seconds("yesterday")
    (86400.0, 0.0, None)
    >>> seconds("1971"), seconds("1970-02")
    (31536000.0, 2678400.0)
    """
    if isinstance(when, str):
        when = _parsed(when.strip())
    elif when is not None and not isinstance(when, datetime):
        when = datetime.combine(when, time())
    if when is None:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _parsed(text: str) -> datetime | None:
    """A text in ISO 8601, which Python reads but for years and months alone."""
    for whole in (text, text + "-01-01"[max(0, len(text) - 4) :]):
        try:
            return datetime.fromisoformat(whole)
        except ValueError:
            continue
    return None


def rank(prints: Fingerprints, texts: Readable, preferred: Order) -> Ints:
    """All texts in the order in which they would be kept, whatever order they came in.

    What is preferred, then the longest; ties are broken by the texts themselves.
    """
    raw = np.zeros(len(prints), np.int64)
    repeated = _repeated(prints.keys)
    for i in repeated.tolist():
        raw[i] = checksum(texts, i)
    keys = prints.keys
    return np.lexsort((raw, -prints.sizes, keys[:, 1], keys[:, 0], -prints.tokens, preferred))


def checksum(texts: Readable, text: int) -> int:
    """What decides between texts that are equal after folding, and equally long."""
    return crc32(bytes(texts.encoded(text)))


def _repeated(keys: Keys) -> Ints:
    """The texts whose folded text another has as well (and, rarely, one that shares half a key)."""
    order = np.argsort(keys[:, 0])
    first = keys[order, 0]
    same = first[1:] == first[:-1]
    repeated = np.zeros(order.size, np.bool_)
    repeated[1:] |= same
    repeated[:-1] |= same
    return order[repeated]


def copies(prints: Fingerprints, ranking: Ints) -> Ints:
    """For each text the first in the ranking with the same folded text."""
    leaders = np.arange(ranking.size)
    places = np.empty(ranking.size, np.int64)
    places[ranking] = leaders
    repeated = _repeated(prints.keys)
    keys = prints.keys[repeated]
    order = np.lexsort((places[repeated], keys[:, 1], keys[:, 0]))
    fresh = np.ones(order.size, np.bool_)
    fresh[1:] = (keys[order][1:] != keys[order][:-1]).any(axis=1)
    ordered = repeated[order]
    leaders[ordered] = ordered[fresh][np.cumsum(fresh) - 1]
    return leaders


def lead(pairs: npt.NDArray[np.uint64], chosen: Ints, leaders: Ints) -> Ints:
    """For each text the one that is kept for it: first its copies' head, then that one's leader."""
    from dedup.kernels.pairs import follow

    led = follow(pairs, np.zeros(chosen.size, np.uint8))
    leader, follower = split(pairs[led])
    led_by = leaders.copy()
    led_by[chosen[follower]] = chosen[leader]
    return led_by[leaders]
