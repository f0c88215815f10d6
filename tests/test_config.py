import pytest

from dedup import NearSettings, TextSettings
from dedup.errors import SettingsError


@pytest.mark.parametrize(
    ("settings", "values"),
    [
        (NearSettings, {"threshold": 0}),
        (NearSettings, {"threshold": float("nan")}),
        (NearSettings, {"containment": 1.5}),
        (NearSettings, {"excerpt": 0}),
        (NearSettings, {"cap": 1}),
        (NearSettings, {"keep": "best"}),
        (TextSettings, {"shingle": 0}),
        (TextSettings, {"shingle": 1000}),
        (TextSettings, {"slots": 100}),
    ],
)
def test_settings_out_of_range_are_refused_by_name(settings, values):
    with pytest.raises(SettingsError, match=next(iter(values))):
        settings(**values)
