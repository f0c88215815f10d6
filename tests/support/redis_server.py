"""A Redis server of one's own on loopback, for tests and benchmarks."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

WITHOUT = "needs redis-server (Debian: apt-get install redis-server) and the package redis"


@contextmanager
def redis_server() -> Iterator[str | None]:
    """Start a server that keeps nothing on disk; its URL, or None where there is no Redis."""
    server = shutil.which("redis-server")
    try:
        import redis
    except ModuleNotFoundError:
        server = None
    if server is None:
        yield None
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", folder]
        process = subprocess.Popen([server, *options], stdout=subprocess.DEVNULL)
        try:
            with redis.Redis(port=port) as client:
                _wait(client, redis.ConnectionError)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait()


def _wait(client: "object", error: type[Exception]) -> None:
    for _ in range(200):
        try:
            client.ping()  # type: ignore[attr-defined]
            return
        except error:
            time.sleep(0.05)
    raise RuntimeError("the Redis server does not answer")
