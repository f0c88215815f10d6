"""Where an index is: in a file, or on a server."""

from dedup.config import Settings
from dedup.near.index.store import Store


def is_server(path: str) -> bool:
    """Whether an index is on a server.

    >>> is_server("redis://host:6379/0"), is_server("seen.db")
    (True, False)
    """
    return path.startswith(("redis://", "rediss://", "unix://"))


def open_store(path: str, settings: Settings, create: bool) -> Store:
    """The store at an address, which `dedup.Index` describes."""
    if is_server(path):
        from dedup.near.index.redis import RedisStore

        return RedisStore(path, settings.index, settings.near.cap)
    from dedup.near.index.sqlite.backend import SqliteStore

    return SqliteStore(path, settings.index, settings.near.cap, create)
