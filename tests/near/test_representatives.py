from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.errors import SettingsError
from dedup.model import Keep
from dedup.near.representatives import preferences, seconds

DAYS = [date(2024, 5, 1), date(2023, 5, 1), None]


@pytest.mark.parametrize(
    "order",
    [
        DAYS,
        ["2024-05", "2023", None],
        ["2024-05-01T00:00:00Z", "20230501", None],
        [datetime(2024, 5, 1), datetime(2023, 5, 1, tzinfo=UTC), None],
        [np.datetime64("2024-05-01"), np.datetime64("2023-05-01"), np.datetime64("NaT")],
        [2024, 2023.5, float("nan")],
        np.array(["2024-05-01", "2023-05-01", "NaT"], "datetime64[ns]"),
        pa.array(DAYS),
        pa.chunked_array([DAYS[:2], DAYS[2:]]),
        iter(DAYS),
    ],
    ids=lambda order: type(order).__module__ + "." + type(order).__name__,
)
def test_the_earliest_first_and_no_date_last(order):
    found = preferences(Keep.EARLIEST, order, 3)
    assert found.argsort().tolist() == [1, 0, 2]
    assert found[2] == np.inf


def test_a_series_of_pandas_is_read_by_position():
    pd = pytest.importorskip("pandas")
    order = pd.to_datetime(pd.Series(["2024-05-01", "2023-05-01", None], index=[2, 1, 0]))
    assert preferences(Keep.EARLIEST, order, 3).argsort().tolist() == [1, 0, 2]


def test_the_highest_priority_first():
    assert preferences(Keep.PRIORITY, [1, None, 7], 3).argsort().tolist() == [2, 0, 1]
    with pytest.raises(SettingsError, match="'high' in order= is no number"):
        preferences(Keep.PRIORITY, ["high"], 1)


@pytest.mark.parametrize("order", [None, [], ["2024", "2025"]])
def test_an_order_of_another_length_is_refused(order):
    with pytest.raises(SettingsError, match="one value for each"):
        preferences(Keep.EARLIEST, order, 1)


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-23, 23)
)
def test_zones_are_heeded(when, hours):
    zoned = when.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert seconds(zoned.isoformat()) == pytest.approx(seconds(when) - 3600 * hours, abs=1e-6)


@given(st.text())
def test_no_text_is_too_odd_for_a_date(text):
    found = seconds(text)
    assert found is None or isinstance(found, float)
