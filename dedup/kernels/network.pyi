import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]

def forward(
    rows: _Floats,
    mean: _Floats,
    scale: _Floats,
    weights: _Floats,
    base: _Floats,
    last: _Floats,
    out: _Floats,
) -> None:
    """Run a network: one hidden layer of ReLU units beside a linear path.

    Only inputs that differ from zero are added to what a row of zeros gives (``base``).

    Args:
        rows: (rows, inputs), mostly zeros.
        mean: (inputs,).
        scale: (inputs,), one over the standard deviation, 0 for inputs that are not used.
        weights: (inputs, units + outputs), of the hidden layer and of the linear path.
        base: (units + outputs,), the sums of a row of zeros.
        last: (units, outputs), from the hidden layer to the outputs.
        out: (rows, outputs), filled.

    Raises:
        ValueError: the shapes do not belong together.
    """
