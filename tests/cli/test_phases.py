"""One bar after another."""

from pathlib import Path

import pytest

from labelsphere.artefact import new_folder, write_config
from labelsphere.cli.phases import checkpoint_hint, phases
from labelsphere.errors import ArtefactError, WriteError


def test_each_part_of_a_job_has_its_own_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with phases() as on_phase:
        for step in range(1, 4):
            on_phase("reading", step, 3)
        for step in range(1, 3):
            on_phase("training", step, 2, f"loss {1 / step}")
        on_phase("reading", 1, 1)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "reading 3/3, 0:00:00 gone",
        "training 2/2, 0:00:00 gone, loss 0.5",
        "reading 1/1, 0:00:00 gone",
    ]


def test_a_failure_ends_the_bar(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with phases() as on_phase:
            on_phase("reading", 1, 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert capsys.readouterr().err == "reading 1/1, 0:00:00 gone\n"


@pytest.mark.parametrize(
    ("error", "told"),
    [(KeyboardInterrupt, True), (WriteError, True), (ArtefactError, False), (ValueError, False)],
)
@pytest.mark.parametrize("there", [True, False])
def test_a_checkpoint_is_named_where_work_is_kept(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    error: type[BaseException],
    told: bool,
    there: bool,
) -> None:
    if there:
        with new_folder(tmp_path / "o.training") as folder:
            write_config(folder, "checkpoint", 1, {})
    with pytest.raises(error), checkpoint_hint(tmp_path / "o.training"):
        raise error
    assert ("continues from the checkpoint in" in capsys.readouterr().err) == (told and there)
