"""Have we seen this? An index that is added to and asked for years, from several processes."""

from dedup.near.index.api import Index, batches

__all__ = ["Index", "batches"]
