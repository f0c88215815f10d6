"""Settings with few values: one enum each; the plain string of a value does as well."""

from dedup.values import Choice


class Favor(Choice):
    """Which error to avoid: text that does not belong (precision), or missing text (recall)."""

    PRECISION = "precision"
    BALANCED = "balanced"
    RECALL = "recall"


class Content(Choice):
    """What an index verifies matches by."""

    SKETCH = "sketch"
    SHINGLES = "shingles"
    TEXTS = "texts"


class Synchronous(Choice):
    """How long an index in a file waits for the disk."""

    NORMAL = "normal"
    FULL = "full"


class Mode(Choice):
    """What `dedup.run` writes.

    ``filter``: the clean, unique corpus. ``annotate``: a verdict beside every record, in the order
    of the input. ``clusters``: which documents are the same. ``reference``: what later runs need
    to compare with these documents (``against``), so that they are read and cleaned but once.
    """

    FILTER = "filter"
    ANNOTATE = "annotate"
    CLUSTERS = "clusters"
    REFERENCE = "reference"


class Clean(Choice):
    """Which records are cleaned: pages but not texts (``auto``), all, or none."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Level(Choice):
    """What is dropped as repeated: documents, or paragraphs (blocks) or passages too."""

    DOCUMENT = "document"
    BLOCK = "block"
    PASSAGE = "passage"


class Contained(Choice):
    """What happens to documents that lie in another one."""

    REMOVE = "remove"
    KEEP = "keep"


class Format(Choice):
    """The formats that records are read from."""

    JSONL = "jsonl"
    PARQUET = "parquet"
    WARC = "warc"
    FILES = "files"


class Output(Choice):
    """The formats that a corpus is written in."""

    JSONL = "jsonl"
    JSONL_GZ = "jsonl.gz"
    JSONL_ZST = "jsonl.zst"
    PARQUET = "parquet"

    @classmethod
    def of_path(cls, path: str) -> "Output | None":
        """The format that a path names by its suffix, or None."""
        return next((output for output in cls if path.endswith(f".{output}")), None)
