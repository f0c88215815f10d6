import numpy as np
import pytest

from dedup.kernels.network import forward
from tests.support.uncompiled import uncompiled


def arrays(rows: int = 5, inputs: int = 7, units: int = 3, outputs: int = 2) -> list[np.ndarray]:
    draw = np.random.default_rng(3)
    shapes = [(rows, inputs), (inputs,), (inputs,), (inputs, units + outputs), (units + outputs,)]
    made = [draw.normal(size=shape).astype(np.float32) for shape in (*shapes, (units, outputs))]
    made[0][made[0] < 0.3] = 0
    return [*made, np.zeros((rows, outputs), np.float32)]


def test_it_is_a_layer_of_relu_units_beside_a_linear_path() -> None:
    rows, mean, scale, weights, base, last, out = arrays()
    forward(rows, mean, scale, weights, base, last, out)
    zero = np.clip(-mean * scale, -4, 4)
    step = np.where(rows != 0, np.clip((rows - mean) * scale, -4, 4) - zero, 0)
    sums = base + step @ weights
    assert np.allclose(out, sums[:, 3:] + np.maximum(sums[:, :3], 0) @ last, atol=1e-4)


def test_compiled_and_uncompiled_agree() -> None:
    compiled, plain = arrays(), arrays()
    forward(*compiled)
    uncompiled("network").forward(*plain)
    assert np.allclose(compiled[-1], plain[-1], atol=1e-5)


@pytest.mark.parametrize("place", range(1, 7))
def test_arrays_that_do_not_belong_together_are_refused(place: int) -> None:
    given = arrays()
    given[place] = np.zeros(tuple(n + 1 for n in given[place].shape), np.float32)
    with pytest.raises(ValueError, match="shapes"):
        forward(*given)
