"""PyTorch has one thread within the block, and the earlier number after it."""

import pytest
import torch

from labelsphere.tagger.single_thread import one_thread


def test_the_number_of_threads_is_restored() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        with one_thread():
            assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 3
        with pytest.raises(ValueError, match="mine"), one_thread():
            raise ValueError("mine")
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
