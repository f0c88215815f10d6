"""The index on a Redis server, shared by machines, through datasketch's storage layer.

Postings lie in sets, one for each of 2**22 ranges of keys, as numbers small enough for Redis to
keep the sets as arrays. They are read and entered by many at a time, by scripts on the server: a
command each would be a thousand a document. A document is a list; it is written last, and what is
entered for one that is not there is passed over: so a document is there as a whole or not at all.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.config import IndexSettings
from dedup.errors import MissingExtraError, StoreError
from dedup.near.index.format import (
    HIT_NEED,
    HIT_NUMBER,
    KEY_BITS,
    UNCAPPED,
    damage_told,
    without_password,
)
from dedup.near.index.store import Document, Ints, Keys, Size, document_of

_RANGE_BITS = 22
_REST_BITS = KEY_BITS - _RANGE_BITS  # of a key, above number and need in a member of a set
_LOW_BITS = HIT_NUMBER + HIT_NEED
_PREFIX = b"dedup:"
_LOCK_SECONDS = 120  # after which the lock of a process that has died is free
_CHUNK = 4096
_SCRIPTED = 1024  # sets that one call of a script is about; other clients wait meanwhile
# One string, which the client need not take apart element by element.
_READ = """
local sets = {}
for i, k in ipairs(KEYS) do sets[i] = table.concat(redis.call('SMEMBERS', k), ' ') end
return table.concat(sets, ';')
"""
_ENTER = "for i, k in ipairs(KEYS) do redis.call('SADD', k, ARGV[i]) end"


class RedisStore:
    """A `dedup.near.index.store.Store` on a Redis server.

    One process writes at a time (a lock on the server); reading needs none. How much survives the
    end of the server is up to its settings (append-only file).
    """

    def __init__(self, url: str, settings: IndexSettings, cap: int) -> None:
        try:
            import redis
        except ModuleNotFoundError as error:
            raise MissingExtraError("redis", "redis") from error
        from datasketch.storage import ordered_storage, unordered_storage

        self._error = redis.RedisError
        self._name = without_password(url)
        self._settings = settings
        self._cap = cap
        self._depth = 0
        parameters = _parameters(url)
        config = {"type": "redis", "redis": parameters}
        with self._told():
            self._redis = redis.Redis(**parameters)
            self._redis.ping()
        self._postings = unordered_storage(config, _PREFIX + b"posting:")
        self._documents = ordered_storage(config, _PREFIX + b"document:")
        self._copies = unordered_storage(config, _PREFIX + b"copy:")
        self._read = self._redis.register_script(_READ)
        self._add = self._redis.register_script(_ENTER)
        self._lock = self._redis.lock(
            (_PREFIX + b"lock").decode(), timeout=_LOCK_SECONDS, blocking_timeout=settings.timeout
        )

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Nothing to be done; what others write meanwhile may be seen."""
        with self._told():
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock."""
        with self._told():
            if not self._lock.acquire():
                raise StoreError(
                    f"{self._name}: another process kept it locked for "
                    f"{self._settings.timeout:g} s; try again, or wait longer "
                    "(IndexSettings.timeout)"
                )
            try:
                yield
            finally:
                self._lock.release()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with damage_told(self._name):
                yield
        except self._error as error:
            raise StoreError(
                f"{self._name}: {error}; what was acknowledged is there: see to the server and "
                "repeat the call"
            ) from error

    def hits(self, keys: Keys) -> Keys:
        """Who has each key: place, number and need in one number."""
        members = self._members(keys)
        there = members[0]
        left = np.searchsorted(there, keys, "left")
        counts = np.searchsorted(there, keys, "right") - left
        places = np.repeat(np.arange(keys.size), counts)
        at = np.arange(places.size) - np.repeat(np.cumsum(counts) - counts, counts)
        low = members[1][at + np.repeat(left, counts)]
        hits: Keys = places.astype(np.uint64) << np.uint64(_LOW_BITS) | low
        return hits

    def _members(self, keys: Keys) -> tuple[Keys, Keys]:
        """All postings in the ranges of these keys, by key; and their numbers and needs."""
        ranges = np.unique(keys >> np.uint64(_REST_BITS)).tolist()
        if not ranges:
            return np.zeros(0, np.uint64), np.zeros(0, np.uint64)
        names = self._sets(ranges)
        found = []
        for at in range(0, len(names), _SCRIPTED):
            every = self._read(names[at : at + _SCRIPTED])
            found += [members.split() for members in every.split(b";")]
        counts = [len(members) for members in found]
        values = np.fromiter((int(m) for members in found for m in members), np.uint64, sum(counts))
        above = np.repeat(np.array(ranges, np.uint64), counts) << np.uint64(_REST_BITS)
        there = above | values >> np.uint64(_LOW_BITS)
        low = values & np.uint64((1 << _LOW_BITS) - 1)
        order = np.lexsort((low, there))
        return there[order], low[order]

    def _sets(self, ranges: Sequence[int]) -> list[bytes]:
        """The keys on the server of the sets of ranges."""
        return [self._postings.redis_key(_name(number)) for number in ranges]

    def documents(self, numbers: Sequence[int]) -> dict[int, Document]:
        """Those of these documents that are there."""
        return {row[0].number: row[0] for row in self._rows(numbers)}

    def _rows(self, numbers: Sequence[int]) -> list[tuple[Document, int, Keys]]:
        """Documents, what they need, and their keys."""
        if not numbers:
            return []
        found = self._documents.getmany(*(_name(number) for number in numbers))
        return [_unpacked(n, row) for n, row in zip(numbers, found, strict=True) if row]

    def copies(self, head: int, limit: int) -> list[Document]:
        """The copies of a document in the order of adding, up to a number of them."""
        numbers = sorted(map(int, self._copies.get(_name(head))))
        return list(islice(self._there(numbers), limit))

    def _there(self, numbers: Sequence[int]) -> Iterator[Document]:
        for at in range(0, len(numbers), _CHUNK):
            yield from self.documents(numbers[at : at + _CHUNK]).values()

    def next_number(self) -> int:
        """The number of the document that is added next."""
        return int(self._redis.get(_PREFIX + b"next") or 0)

    def reserve(self, end: int) -> None:
        """Give no number below this one to another document."""
        self._redis.set(_PREFIX + b"next", max(end, self.next_number()))

    def append(
        self, documents: Sequence[Document], keys: Keys, offsets: Ints, needs: npt.NDArray[np.uint8]
    ) -> None:
        """Store documents: their postings first, themselves last."""
        if not documents:
            return
        first = documents[0].number
        self._lock.reacquire()  # a merge may take longer than the lock lasts
        self.reserve(first + len(documents))
        self._count("documents", sum(document.name is not None for document in documents))
        numbers = np.repeat(np.arange(first, first + len(documents)), np.diff(offsets))
        spread = np.repeat(needs, np.diff(offsets))
        low = numbers.astype(np.uint64) << np.uint64(HIT_NEED) | spread
        self._enter(keys, low)
        for document in documents:
            if document.head is not None:
                self._copies.insert(_name(document.head), document.number, buffer=True)
        self._copies.empty_buffer()
        for i, document in enumerate(documents):
            fields = _packed(document, int(needs[i]), keys[offsets[i] : offsets[i + 1]])
            self._documents.insert(_name(document.number), *fields, buffer=True)
        self._documents.empty_buffer()

    def _enter(self, keys: Keys, low: Keys) -> None:
        """Enter postings, unless more than the cap have the key already."""
        order = np.lexsort((low, keys))
        keys, low = keys[order], low[order]
        there, _ = self._members(keys)
        held = np.searchsorted(there, keys, "right") - np.searchsorted(there, keys, "left")
        rank = np.arange(keys.size) - np.searchsorted(keys, keys, "left")
        wanted = (held + rank <= self._cap) | (keys & np.uint64(UNCAPPED) > 0)
        values = (keys & np.uint64((1 << _REST_BITS) - 1)) << np.uint64(_LOW_BITS) | low
        names = self._sets((keys >> np.uint64(_REST_BITS))[wanted].tolist())
        entered = values[wanted].tolist()
        for at in range(0, len(names), _SCRIPTED):
            self._add(names[at : at + _SCRIPTED], entered[at : at + _SCRIPTED])
        self._count("postings", int(wanted.sum()))

    def drop(self, number: int) -> None:
        """Remove a document, itself first."""
        rows = self._rows([number])
        self._documents.remove(_name(number))
        for document, need, keys in rows:
            if document.head is not None:
                self._copies.remove_val(_name(document.head), number)
            low = number << HIT_NEED | need
            for key in keys.tolist():
                value = (key & ((1 << _REST_BITS) - 1)) << _LOW_BITS | low
                self._postings.remove_val(_name(key >> _REST_BITS), value, buffer=True)
            self._count("documents", -(document.name is not None))
            self._count("postings", -keys.size)
        self._postings.empty_buffer()

    def unname(self, number: int) -> None:
        """Take the id of a document that only stays for its copies."""
        place = self._documents.redis_key(_name(number))
        self._redis.lset(place, _FIELDS.index("name"), "")
        self._redis.lset(place, _FIELDS.index("meta"), "")
        self._count("documents", -1)

    def _count(self, name: str, more: int = 0) -> int:
        return int(self._redis.incrby(_PREFIX + name.encode(), more))

    def older(self, when: int, after: int, limit: int) -> list[int]:
        """Documents with an id that were added before a time, in the order of adding."""
        found: list[int] = []
        end = self.next_number()
        for first in range(after + 1, end, _CHUNK):
            pipe = self._redis.pipeline(transaction=False)
            numbers = range(first, min(first + _CHUNK, end))
            for number in numbers:
                pipe.lrange(self._documents.redis_key(_name(number)), 0, _FIELDS.index("added"))
            for number, row in zip(numbers, pipe.execute(), strict=True):
                if row and row[0] and int(row[-1]) < when:
                    found.append(number)
                    if len(found) == limit:
                        return found
        return found

    def export(self) -> Iterator[tuple[list[Document], Keys, Ints, npt.NDArray[np.uint8]]]:
        """All documents with their keys, in the order of adding."""
        end = self.next_number()
        for first in range(0, end, _CHUNK):
            rows = self._rows(range(first, min(first + _CHUNK, end)))
            if rows:
                counts = [keys.size for _, _, keys in rows]
                offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
                needs = np.array([need for _, need, _ in rows], np.uint8)
                keys = np.concatenate([keys for _, _, keys in rows])
                yield [document for document, _, _ in rows], keys, offsets, needs

    def get(self, name: str) -> bytes | None:
        """What `put` kept under this name."""
        with self._told():
            found = self._redis.get(_PREFIX + b"data:" + name.encode("utf-8", "surrogatepass"))
        return found if isinstance(found, bytes) else None

    def put(self, name: str, data: bytes) -> None:
        """Keep some bytes under a name."""
        self._redis.set(_PREFIX + b"data:" + name.encode("utf-8", "surrogatepass"), data)

    def size(self) -> Size:
        """How much there is; the bytes are those of the whole server."""
        return Size(
            documents=self._count("documents"),
            copies=sum(self._copies.itemcounts().values()),
            postings=self._count("postings"),
            parts=1,
            bytes=int(self._redis.info("memory")["used_memory"]),
            free=0,
        )

    def compact(self) -> None:
        """There is nothing to be done: Redis frees what is removed."""

    def close(self) -> None:
        """Let go of the connections."""
        self._redis.close()


# The fields of a document in its list, in this order; then what it needs, and its keys.
_FIELDS = ("name", "head", "added", "meta", "folded", "size", "total", "content")


def _packed(document: Document, need: int, keys: Keys) -> list[bytes]:
    name = b"" if document.name is None else b"+" + document.name
    meta = b"" if document.meta is None else b"+" + document.meta.encode()
    head = -1 if document.head is None else document.head
    numbers = (document.added, document.size, document.total)
    added, size, total = (b"%d" % number for number in numbers)
    fields = [name, b"%d" % head, added, meta, document.folded, size, total, document.content]
    return [*fields, b"%d" % need, keys.tobytes()]


def _unpacked(number: int, row: Sequence[bytes]) -> tuple[Document, int, Keys]:
    name, head, added, meta, folded, size, total, content, need, keys = row
    document = document_of(
        (
            number,
            name[1:] if name else None,
            None if int(head) < 0 else int(head),
            int(added),
            meta[1:].decode() if meta else None,
            folded,
            int(size),
            int(total),
            content,
        )
    )
    return document, int(need), np.frombuffer(keys, np.uint64)


def _name(number: int) -> bytes:
    return b"%x" % number


def _parameters(url: str) -> dict[str, Any]:
    """What datasketch hands to the client, from a URL."""
    from redis.connection import SSLConnection, parse_url

    parameters: dict[str, Any] = dict(parse_url(url))  # type: ignore[no-untyped-call]
    kind = parameters.pop("connection_class", None)
    if kind is SSLConnection:
        parameters["ssl"] = True
    if "path" in parameters:
        parameters["unix_socket_path"] = parameters.pop("path")
    return parameters
