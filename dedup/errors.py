"""Everything that dedup raises on purpose.

    DedupError
    ├── InputError            the data cannot be read as what it was said to be
    ├── SettingsError         a setting, or a combination of settings, makes no sense
    ├── SketchMismatchError   two sketches or indexes that cannot be compared
    ├── StoreError            an index cannot be read or written
    ├── RunError              a run over a corpus cannot go on
    └── MissingExtraError     the call needs a package of an optional extra

Each message names what was wrong and what to do about it.
"""


class DedupError(Exception):
    """The base of every error that dedup raises on purpose."""


class InputError(DedupError, ValueError):
    """The data given cannot be read as what it was said to be."""


class SettingsError(DedupError, ValueError):
    """A setting, or a combination of settings, makes no sense."""


class SketchMismatchError(DedupError, ValueError):
    """Two sketches, or a sketch and an index, were made with different settings."""


class StoreError(DedupError):
    """An index cannot be opened, read or written; what was acknowledged is there."""


class RunError(DedupError):
    """A run over a corpus cannot go on; what it has done so far is kept for ``--resume``."""


class MissingExtraError(DedupError, ImportError):
    """The call needs a package that an optional extra brings.

    >>> raise MissingExtraError("pyarrow", "corpus")
    Traceback (most recent call last):
    ...
    dedup.errors.MissingExtraError: this needs pyarrow: pip install 'dedup-web[corpus]'
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"this needs {package}: pip install 'dedup-web[{extra}]'")
