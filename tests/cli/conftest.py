"""What the tests of the commands share with those of the corpus."""

from tests.corpus.conftest import out

__all__ = ["out"]
