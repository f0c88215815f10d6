"""The stores of the index, for tests: in memory, in a file, on a Redis server of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.redis_server import WITHOUT, redis_server

STORES = ("memory", "file", "redis")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server on loopback that lives as long as the tests."""
    with redis_server() as url:
        if url is None:
            pytest.skip(WITHOUT)
        yield url


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty index may be made."""
    if request.param == "memory":
        return ":memory:"
    if request.param == "file":
        return str(tmp_path / "seen.db")
    found: str = request.getfixturevalue("redis_url")
    import redis

    with redis.Redis.from_url(found) as client:
        client.flushall()
    return found
