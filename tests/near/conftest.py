"""Fixtures of the near room."""

from tests.near.stores import redis_url, url

__all__ = ["redis_url", "url"]
