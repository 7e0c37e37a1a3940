"""Interface of engines."""

from abc import ABC, abstractmethod

from torch import Tensor

from labelsphere.app.squares import Squares


class Engine(ABC):
    """Engine that runs the network of one tagger up to its head."""

    @abstractmethod
    def features(self, squares: Squares) -> Tensor:
        """Compute the inputs of the head.

        Args:
            squares: Decoded square pictures, uint8 (batch, side, side, 3), RGB.

        Returns:
            (batch, width) float32, on the device of the tagger's head.
        """
