from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.network import Network, add_product, largest

DENSE, PAGE, ZONES = 5, 3, (8, 10, 70, 75)
INPUTS, UNITS, OUTPUTS = ZONES[-1], 3, 2


def network(**changed: np.ndarray) -> Network:
    draw = np.random.default_rng(3)
    shapes = {"mean": (INPUTS,), "scale": (INPUTS,), "weights": (INPUTS, UNITS + OUTPUTS),
              "base": (UNITS + OUTPUTS,), "last": (UNITS, OUTPUTS)}  # fmt: skip
    made = {name: draw.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    made["scale"][::4] = 0
    made |= changed
    scaling = (made["mean"], made["scale"])
    return Network(scaling, made["weights"], made["base"], made["last"], DENSE, ZONES)


def rows(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    draw = np.random.default_rng(count)
    return (
        draw.normal(size=(count, DENSE)).astype(np.float32) * 3,
        draw.integers(0, 2**60, size=(count, len(ZONES) - 2), dtype=np.uint64),
        draw.normal(size=PAGE).astype(np.float32),
        int(draw.integers(0, 2**5)),
    )


def wide(dense: np.ndarray, masks: np.ndarray, page: np.ndarray, mask: int) -> np.ndarray:
    """The same rows with a number for each bit."""
    out = np.zeros((len(dense), INPUTS), np.float32)
    out[:, :DENSE], out[:, DENSE : ZONES[0]] = dense, page
    for zone, (first, last) in enumerate(pairwise(ZONES)):
        values = masks[:, zone] if zone < len(ZONES) - 2 else np.full(len(dense), mask, np.uint64)
        bits = np.arange(last - first, dtype=np.uint64)
        out[:, first:last] = values[:, None] >> bits & np.uint64(1)
    return out


@pytest.mark.parametrize("count", [1, 3, 4, 9])
def test_it_is_a_layer_of_relu_units_beside_a_linear_path(count: int) -> None:
    draw = np.random.default_rng(3)
    mean, scale, weights, base, last = (
        draw.normal(size=shape).astype(np.float32)
        for shape in ((INPUTS,), (INPUTS,), (INPUTS, UNITS + OUTPUTS), (UNITS + OUTPUTS,),
                      (UNITS, OUTPUTS))
    )  # fmt: skip
    scale[::4] = 0
    given = rows(count)
    out = np.zeros((count, OUTPUTS), np.float32)
    network().run(*given, out)
    step = np.clip((wide(*given) - mean) * scale, -4, 4) - np.clip(-mean * scale, -4, 4)
    sums = base + step @ weights
    expected = sums[:, UNITS:] + np.maximum(sums[:, :UNITS], 0) @ last
    assert np.allclose(out, expected, atol=1e-3)


def test_a_row_gives_the_same_bits_in_any_batch() -> None:
    dense, masks, page, mask = rows(9)
    together = np.zeros((9, OUTPUTS), np.float32)
    network().run(dense, masks, page, mask, together)
    for k in range(9):
        alone = np.zeros((1, OUTPUTS), np.float32)
        network().run(dense[k : k + 1], masks[k : k + 1], page, mask, alone)
        assert np.array_equal(alone[0], together[k])


def test_bits_outside_a_zone_change_nothing() -> None:
    dense, masks, page, mask = rows(4)
    out, other = (np.zeros((4, OUTPUTS), np.float32) for _ in range(2))
    network().run(dense, masks, page, mask, out)
    network().run(dense, masks | np.uint64(2**63), page, mask | 2**40, other)
    assert np.array_equal(out, other)


@pytest.mark.parametrize("name", ["scale", "weights", "base"])
def test_weights_that_do_not_belong_together_are_refused(name: str) -> None:
    shape = {"scale": (INPUTS + 1,), "weights": (INPUTS + 1, 5), "base": (9,)}[name]
    with pytest.raises(ValueError, match="shape"):
        network(**{name: np.zeros(shape, np.float32)})


@pytest.mark.parametrize("place", range(4))
def test_inputs_that_do_not_belong_to_it_are_refused(place: int) -> None:
    given = [*rows(4)[:3], np.zeros((4, OUTPUTS), np.float32)]
    given[place] = np.zeros(tuple(n + 1 for n in given[place].shape), np.float32).astype(
        given[place].dtype
    )
    if place < 2:  # more rows than needed are no error, other columns are
        given[place] = given[place][:, :-2].copy()
    with pytest.raises(ValueError, match="shapes"):
        network().run(given[0], given[1], given[2], 0, given[3])


@pytest.mark.parametrize("count", [0, 1, 4, 7])
def test_a_product_is_added(count: int) -> None:
    draw = np.random.default_rng(count)
    rows, weights, out = (
        draw.normal(size=shape).astype(np.float32) for shape in ((count, 5), (5, 16), (count, 16))
    )
    expected = out + rows @ weights
    add_product(rows, weights, out)
    assert np.allclose(out, expected, atol=1e-5)
    with pytest.raises(ValueError, match="product"):
        add_product(rows, weights[:, :9].copy(), out)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=30), st.integers(1, 16))
def test_the_largest_values_come_first_and_of_equals_the_first(row: list[int], k: int) -> None:
    values = np.array([row, row[::-1]], np.float32)
    out = np.empty((2, min(k, len(row))), np.int32)
    largest(values, out)
    wanted = np.argsort(-values, axis=1, kind="stable")[:, : out.shape[1]]
    assert np.array_equal(out, wanted)


@pytest.mark.parametrize("shape", [(1, 0), (1, 4), (2, 1), (1, 17)])
def test_more_values_than_there_are_cannot_be_found(shape: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="of each row"):
        largest(np.zeros((1, 3), np.float32), np.empty(shape, np.int32))
