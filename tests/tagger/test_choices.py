"""Choices are printed with their option, and machines are described."""

import os

import pytest
import torch

from labelsphere.tagger.choices import Machine, TrainingChoice


def test_a_choice_is_a_line() -> None:
    choice = TrainingChoice("image size", "128 px", "no GPU", "--image-size N")
    assert choice.line() == "image size: 128 px (no GPU; --image-size N)"


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (Machine(True, 8), "GPU"),
        (Machine(False, 1), "no GPU, 1 core"),
        (Machine(False, 2), "no GPU, 2 cores"),
    ],
)
def test_a_machine_in_words(machine: Machine, words: str) -> None:
    assert str(machine) == words


def test_the_cores_are_those_that_this_process_may_use() -> None:
    allowed = os.sched_getaffinity(0)
    assert Machine.current() == Machine(torch.cuda.is_available(), len(allowed))
    assert not Machine.current("cpu").gpu
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert Machine.current("cpu").cores == 1
    finally:
        os.sched_setaffinity(0, allowed)
