"""Many texts as columns: UTF-8 bytes and offsets, the layout of Arrow's strings."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from dedup.errors import InputError

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
_BLOCK = 4096  # texts that are encoded before they are joined; few, so that no second copy stays


# What the kernels read: strings; or the bytes of texts, and where each begins and ends in them.
Raw = list[str] | tuple[Bytes, Ints, Ints]


@runtime_checkable
class Readable(Protocol):
    """Texts that the kernels can read: `Texts`, `Strings`, or texts in a file."""

    @property
    def sizes(self) -> Ints:
        """About how long each text is: the sizes of one column compare with each other."""
        ...

    def between(self, first: int, last: int) -> Raw:
        """The texts from ``first`` up to ``last``."""
        ...

    def taken(self, places: Ints) -> Raw:
        """These texts."""
        ...

    def encoded(self, text: int) -> memoryview | bytes:
        """The UTF-8 bytes of one text."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Texts:
    """Many texts as one run of UTF-8 bytes: text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.

    Lone surrogates are kept as three bytes each.

    >>> texts = Texts.from_strings(["ab", "中"])
    >>> texts.offsets.tolist(), texts[1], texts.sizes.tolist()
    ([0, 2, 5], '中', [2, 3])

    Attributes:
        data: ``uint8``.
        offsets: ``int64``, ascending, one more than there are texts; the first need not be 0.
    """

    data: Bytes
    offsets: Ints

    @classmethod
    def from_strings(cls, texts: Iterable[str]) -> "Texts":
        """Encode texts and join them.

        Raises:
            InputError: if something else than texts is given.
        """
        data, lengths = bytearray(), array("q")
        source = iter(_plural(texts))
        while block := list(islice(source, _BLOCK)):
            _check(block, len(lengths))
            encoded = [text.encode("utf-8", "surrogatepass") for text in block]
            data += b"".join(encoded)
            lengths.extend(map(len, encoded))
        joined = np.frombuffer(data, np.uint8)
        joined.flags.writeable = False
        return cls(joined, _offsets(np.frombuffer(lengths, np.int64)))

    @classmethod
    def from_arrow(cls, column: Any) -> "Texts":
        """The buffers of an Arrow string column, read without copying.

        A chunked one is joined, one of a dictionary or of views is decoded, a null counts as empty.

        Raises:
            InputError: if it is no column of strings.
        """
        import pyarrow as pa

        column = _strings_of(column)
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        if isinstance(column, pa.ChunkedArray):  # too long for one array of 32-bit offsets
            column = pa.concat_arrays([chunk.cast(pa.large_string()) for chunk in column.chunks])
        if column.null_count:
            column = column.fill_null("")
        wide = pa.types.is_large_string(column.type)
        _, offsets, data = column.buffers()
        if not len(column):
            return cls(np.zeros(0, np.uint8), np.zeros(1, np.int64))
        ends: npt.NDArray[Any] = np.frombuffer(offsets, np.int64 if wide else np.int32)
        ends = ends[column.offset : column.offset + len(column) + 1].astype(np.int64)
        return cls(np.frombuffer(data or b"", np.uint8), ends)

    def to_arrow(self) -> Any:
        """A ``large_string`` array of the same bytes, which are not copied.

        >>> Texts.from_strings(["ab", "中"]).to_arrow().to_pylist()
        ['ab', '中']
        """
        import pyarrow as pa

        buffers = [None, pa.py_buffer(self.offsets), pa.py_buffer(self.data)]
        return pa.Array.from_buffers(pa.large_string(), len(self), buffers)

    @property
    def sizes(self) -> Ints:
        """The bytes of each text."""
        return np.diff(self.offsets)

    def between(self, first: int, last: int) -> Raw:
        """The bytes, and where each text from ``first`` up to ``last`` begins and ends in them."""
        return self.data, self.offsets[first:last], self.offsets[first + 1 : last + 1]

    def taken(self, places: Ints) -> Raw:
        """The bytes, and where each of these texts begins and ends in them."""
        return self.data, self.offsets[places], self.offsets[places + 1]

    def encoded(self, text: int) -> memoryview:
        """The bytes of one text."""
        return self.data.data[self.offsets[text] : self.offsets[text + 1]]

    def __repr__(self) -> str:
        return f"<Texts: {len(self)} texts, {self.sizes.sum()} bytes>"

    def __eq__(self, other: object) -> bool:
        """Whether the texts are the same, wherever they lie in their buffers."""
        if not isinstance(other, Texts):
            return NotImplemented
        return bool(np.array_equal(self.sizes, other.sizes)) and self._bytes() == other._bytes()

    __hash__ = None  # type: ignore[assignment]

    def _bytes(self) -> memoryview:
        return self.data.data[self.offsets[0] : self.offsets[-1]]

    def __len__(self) -> int:
        return self.offsets.size - 1

    def __getitem__(self, text: int) -> str:
        return self.encoded(text).tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in range(len(self)))


class Strings:
    """Python strings, which the kernels read where they are.

    >>> strings = Strings(["ab", "中", "c"])
    >>> strings.taken(np.array([1, 2])), strings.encoded(1)
    (['中', 'c'], b'\\xe4\\xb8\\xad')
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Hold on to the strings.

        Raises:
            InputError: if something else than texts is given.
        """
        plural = _plural(texts)
        self._texts: list[str] = plural if isinstance(plural, list) else list(plural)
        _check(self._texts, 0)
        self.sizes: Ints = np.fromiter(map(len, self._texts), np.int64, len(self._texts))

    def between(self, first: int, last: int) -> Raw:
        """The texts from ``first`` up to ``last``."""
        return self._texts[first:last]

    def taken(self, places: Ints) -> Raw:
        """These texts."""
        texts = self._texts
        return [texts[i] for i in places.tolist()]

    def encoded(self, text: int) -> bytes:
        """The UTF-8 bytes of one text."""
        return self._texts[text].encode("utf-8", "surrogatepass")

    def __len__(self) -> int:
        return len(self._texts)


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Some of many texts, in the order given.

    >>> Selection(Strings(["ab", "c", "d"]), np.array([2, 0])).between(0, 2)
    ['d', 'ab']
    """

    texts: Readable
    places: Ints

    @property
    def sizes(self) -> Ints:
        """About how long each text is."""
        return self.texts.sizes[self.places]

    def between(self, first: int, last: int) -> Raw:
        """The texts from ``first`` up to ``last``."""
        return self.texts.taken(self.places[first:last])

    def taken(self, places: Ints) -> Raw:
        """These texts."""
        return self.texts.taken(self.places[places])

    def encoded(self, text: int) -> memoryview | bytes:
        """The UTF-8 bytes of one text."""
        return self.texts.encoded(int(self.places[text]))

    def __len__(self) -> int:
        return self.places.size


def _offsets(lengths: Ints) -> Ints:
    offsets = np.zeros(lengths.size + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def _plural(texts: Iterable[str]) -> Iterable[str]:
    if isinstance(texts, str):
        raise InputError("one str was given where many texts are compared: give a list of them")
    return texts


def _check(texts: Sequence[Any], first: int) -> None:
    """Refuse what is no str; the first of these has the number ``first``."""
    if set(map(type, texts)) <= {str}:
        return
    for number, text in enumerate(texts, first):
        if not isinstance(text, str):
            kind = type(text).__name__
            raise InputError(f"text {number} is no str but {kind}: give each text as str")


def _strings_of(column: Any) -> Any:
    """The same Arrow array, decoded where it is a dictionary or of views."""
    import pyarrow as pa

    if not isinstance(column, pa.Array | pa.ChunkedArray):
        raise InputError(f"{type(column).__name__} is no column: give an array of strings")
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    views = getattr(pa.types, "is_string_view", lambda kind: False)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or views(kind)):
        raise InputError(f"an Arrow array of {column.type} holds no texts: give one of strings")
    if column.type == kind and not views(kind):
        return column
    return column.cast(pa.large_string())
