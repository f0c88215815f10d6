from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]
_Masks = npt.NDArray[np.uint64]

class Network:
    """A network: one hidden layer of ReLU units beside a linear path.

    Its inputs are dense numbers, numbers that are the same for all rows of a page, and the bits of
    masks, zone by zone; the last zone's mask is the page's. Inputs are standardised and cut off at
    four standard deviations.
    """

    def __init__(
        self,
        scaling: tuple[_Floats, _Floats],
        weights: _Floats,
        base: _Floats,
        last: _Floats,
        dense: int,
        zones: Sequence[int],
    ) -> None:
        """Copy the weights.

        Args:
            scaling: (inputs,) each: means, and one over the standard deviations (0: unused).
            weights: (inputs, units + outputs), of the hidden layer and of the linear path.
            base: (units + outputs,), the sums of a row of zeros.
            last: (units, outputs), from the hidden layer to the outputs.
            dense: how many inputs are dense.
            zones: the first input of each zone, and the end of the last one. What lies between the
                dense inputs and the first zone is the page's.

        Raises:
            ValueError: the shapes do not belong together.
        """

    def run(
        self, dense: _Floats, masks: _Masks, page: _Floats, page_mask: int, out: _Floats
    ) -> None:
        """Run the network.

        The sums of a row are those of its bits and then of its dense inputs in their order, so that
        the same row gives the same bits in any batch.

        Args:
            dense: (at least rows, dense).
            masks: (at least rows, zones - 1); anything where there are no zones.
            page: the page's inputs.
            page_mask: the page's bits.
            out: (rows, outputs), filled.

        Raises:
            ValueError: the shapes are not the network's.
        """

def add_product(rows: _Floats, weights: _Floats, out: _Floats) -> None:
    """Add the product of two matrices, in one thread and in the same order on every machine.

    Args:
        rows: (rows, inputs).
        weights: (inputs, width).
        out: (rows, width), added to; the width is a multiple of 8.

    Raises:
        ValueError: the shapes do not belong together.
    """

def largest(values: _Floats, out: npt.NDArray[np.int32]) -> None:
    """Find the places of the largest values of each row, the largest first.

    Args:
        values: (rows, columns); of equal values the first comes first.
        out: (rows, wanted), 1 to 16 and at most as many as there are columns; filled.

    Raises:
        ValueError: the shapes do not fit.
    """
