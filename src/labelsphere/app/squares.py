"""Decoded pictures, as they wait for the network."""

import numpy as np
from numpy.typing import NDArray

Square = NDArray[np.uint8]
"""One decoded picture, (side, side, 3), RGB."""

Squares = NDArray[np.uint8]
"""Several of one size, (batch, side, side, 3), RGB."""
