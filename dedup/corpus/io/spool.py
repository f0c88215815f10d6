"""Texts on disk: as many as there are, held in a temporary file instead of in memory."""

from array import array
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import Self

import numpy as np

from dedup.columns import Bytes, Ints, Raw

_WRITTEN = 1 << 20  # bytes gathered before they are written


class SpooledTexts:
    """Texts that are read from a temporary file when they are looked at.

    They can be given wherever texts are; see `dedup.columns.Readable`.

    >>> with SpooledTexts(["ab", "中"]) as texts:
    ...     len(texts), texts.encoded(1).decode(), list(texts)
    (2, '中', ['ab', '中'])
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Write the texts to a file without a name, which is gone when it is closed.

        Raises:
            OSError: if there is no room for it.
        """
        self._file = TemporaryFile(buffering=_WRITTEN)  # noqa: SIM115 - closed by __exit__
        sizes = array("q")
        try:
            for text in texts:
                data = text.encode("utf-8", "surrogatepass")
                self._file.write(data)
                sizes.append(len(data))
            self._file.flush()
        except BaseException:
            self._file.close()
            raise
        self.sizes: Ints = np.array(sizes, np.int64)
        self._offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(self.sizes)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def between(self, first: int, last: int) -> Raw:
        """The texts from ``first`` up to ``last``."""
        offsets = self._offsets[first : last + 1] - self._offsets[first]
        return self._read(first, last), offsets[:-1], offsets[1:]

    def taken(self, places: Ints) -> Raw:
        """These texts."""
        pieces = [self._read(place, place + 1) for place in places.tolist()]
        ends = np.cumsum([0, *(piece.size for piece in pieces)])
        return np.concatenate([np.zeros(0, np.uint8), *pieces]), ends[:-1], ends[1:]

    def encoded(self, text: int) -> bytes:
        """The UTF-8 bytes of one text."""
        return self._read(text, text + 1).tobytes()

    def _read(self, first: int, last: int) -> Bytes:
        start, end = self._offsets[first], self._offsets[last]
        self._file.seek(int(start))
        return np.frombuffer(self._file.read(int(end - start)), np.uint8)

    def __len__(self) -> int:
        return self.sizes.size

    def __iter__(self) -> Iterator[str]:
        for text in range(len(self)):
            yield self.encoded(text).decode("utf-8", "surrogatepass")
