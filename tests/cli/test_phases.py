"""One bar after another."""

import pytest

from labelsphere.cli.phases import phases


def test_each_part_of_a_job_has_its_own_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with phases() as tell:
        for step in range(1, 4):
            tell("reading", step, 3)
        for step in range(1, 3):
            tell("training", step, 2, f"loss {1 / step}")
        tell("reading", 1, 1)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "reading 3/3, 0:00:00 gone",
        "training 2/2, 0:00:00 gone, loss 0.5",
        "reading 1/1, 0:00:00 gone",
    ]


def test_a_failure_ends_the_bar(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with phases() as tell:
            tell("reading", 1, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert capsys.readouterr().err == "reading 1/1, 0:00:00 gone\n"
