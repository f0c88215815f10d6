"""Every input that a fuzzer started from or found: replayed through the same functions."""

import random

import pytest

from tests.fuzz.corpus import inputs
from tests.fuzz.mutate import mutated
from tests.fuzz.targets import TARGETS

_MUTANTS = 20


@pytest.mark.parametrize("name", TARGETS)
def test_inputs_of_the_fuzzers(name: str) -> None:
    for data in inputs(name):
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_some_mutants_of_them(name: str) -> None:
    rng, pool = random.Random(name), [b"", *list(inputs(name))[:50]]
    for _ in range(_MUTANTS):
        TARGETS[name](mutated(rng.choice(pool), pool, rng))
