"""Types of decoded square pictures."""

import numpy as np
from numpy.typing import NDArray

Square = NDArray[np.uint8]
"""Decoded picture, (side, side, 3), RGB."""

Squares = NDArray[np.uint8]
"""Decoded pictures of one size, (batch, side, side, 3), RGB."""
