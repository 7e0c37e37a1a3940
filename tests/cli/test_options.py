"""Options that are read off dataclasses."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from labelsphere.cli.fit_source import FitOptions
from labelsphere.cli.options import Given, LeaveOut, attribute_texts, options_of_dataclasses
from labelsphere.cli.scored_images import ScoredOptions
from labelsphere.cli.tables import TableOptions
from labelsphere.cli.verbs import load_verb
from labelsphere.errors import UsageError
from labelsphere.tagger.decoders import DECODERS
from labelsphere.tagger.objectives import OBJECTIVES
from labelsphere.tagger.options import TrainingOptions
from labelsphere.tagger.settings import TrainingSettings


@dataclass(frozen=True)
class Bread:
    """How to bake.

    Attributes:
        flour: What kind; ``"rye"`` is
            darkest.
        hours: How long it rises.
        salted: Whether salt is added.
        oven: Its settings, such as '{"heat": 220}'.
        secret: Not for the command line.

    Raises:
        UsageError: Never.
    """

    flour: str = field(default="rye", metadata={"choices": lambda: ("rye", "wheat")})
    hours: float | None = field(default=None, metadata={"min": 1, "panel": "Time"})
    salted: bool | None = None
    oven: Mapping[str, Any] | None = None
    secret: int = field(default=3, metadata={"option": False})


CALLS: list[tuple[Any, ...]] = []


@options_of_dataclasses
def bake(
    name: Annotated[str, typer.Argument()],
    bread: Bread,
    given: Given.of(TrainingSettings, panel="Training"),
) -> None:
    """Bake."""
    CALLS.append((name, bread, given))


@pytest.fixture
def runner() -> CliRunner:
    CALLS.clear()
    return CliRunner()


APP = typer.Typer()
APP.command()(bake)


def test_the_dataclass_is_built_from_what_is_given(runner: CliRunner) -> None:
    options = ["loaf", "--flour", "wheat", "--no-salted", "--oven", '{"heat": 9}', "--rate", "0.5"]
    result = runner.invoke(APP, options)
    assert result.exit_code == 0, result.output
    assert [("loaf", Bread("wheat", None, False, {"heat": 9}), {"rate": 0.5})] == CALLS


def test_what_is_not_given_is_the_dataclass_s_own_default(runner: CliRunner) -> None:
    assert runner.invoke(APP, ["loaf"]).exit_code == 0
    assert [("loaf", Bread(), {})] == CALLS


def test_help_is_the_docstring_with_the_names_of_the_registry(runner: CliRunner) -> None:
    printed = " ".join(runner.invoke(APP, ["--help"], env={"COLUMNS": "200"}).output.split())
    assert "What kind; rye is darkest. One of: rye, wheat." in printed
    assert "--salted" in printed
    assert "--no-salted" in printed
    assert "Time" in printed
    assert "secret" not in printed
    assert "[default: (0.004)]" in printed


def test_wrong_values_are_refused(runner: CliRunner) -> None:
    assert runner.invoke(APP, ["loaf", "--hours", "0"]).exit_code == 2
    assert isinstance(runner.invoke(APP, ["loaf", "--oven", "[1]"]).exception, UsageError)
    assert not CALLS


@pytest.mark.parametrize(
    "dataclass", [TrainingOptions, TrainingSettings, TableOptions, FitOptions, ScoredOptions, Bread]
)
def test_every_field_that_becomes_an_option_has_a_text(dataclass: type) -> None:
    texts = attribute_texts(dataclass)
    assert {each.name for each in fields(dataclass)} == set(texts)
    assert all(text.endswith(".") for text in texts.values())


def test_the_help_of_train_names_every_objective_and_decoder() -> None:
    helps = {
        parameter.name: getattr(parameter, "help", "") for parameter in load_verb("train").params
    }
    assert all(name in helps["objective"] for name in OBJECTIVES)
    assert all(name in helps["decoder"] for name in DECODERS)


@dataclass(frozen=True)
class Cake(Bread):
    """Bread with more in it.

    Attributes:
        fruit: A kind of fruit.
        iced: Put icing on it.
        sugar: Share of sugar.
    """

    fruit: tuple[str, ...] = field(default=(), metadata={"repeated": True, "metavar": "FRUIT"})
    iced: bool = field(default=False, metadata={"flag": True})
    sugar: float = field(default=0.2, metadata={"max": 0.5})


@options_of_dataclasses
def decorate(cake: Annotated[Cake, LeaveOut(("oven", "flour"))]) -> None:
    """Decorate."""
    CALLS.append((cake,))


def test_fields_are_inherited_repeated_flagged_and_left_out(runner: CliRunner) -> None:
    app = typer.Typer()
    app.command()(decorate)
    given = ["--fruit", "fig, dried", "--fruit", "date", "--iced", "--hours", "2"]
    assert runner.invoke(app, given).exit_code == 0
    assert [(Cake(hours=2, fruit=("fig, dried", "date"), iced=True),)] == CALLS
    assert runner.invoke(app, []).exit_code == 0
    assert CALLS[-1] == (Cake(),)
    for wrong in (["--flour", "wheat"], ["--no-iced"], ["--sugar", "0.6"]):
        assert runner.invoke(app, wrong).exit_code == 2
    printed = " ".join(runner.invoke(app, ["--help"], env={"COLUMNS": "200"}).output.split())
    assert "--fruit FRUIT A kind of fruit." in printed
    assert "How long it rises." in printed


@dataclass(frozen=True)
class Dough:
    """Several at once.

    Attributes:
        shares: Parts of the flour.
        names: Kinds of flour.
        secret: Left out.
    """

    shares: tuple[float, ...] = (0.5, 1.0)
    names: tuple[str, ...] | None = None
    secret: int = 3


@options_of_dataclasses
def knead(dough: Given.of(Dough, panel="Dough", leave_out=("secret",))) -> None:
    """Knead."""
    CALLS.append((Dough(**dough),))


def test_tuples_are_lists_with_commas_and_fractions(runner: CliRunner) -> None:
    app = typer.Typer()
    app.command()(knead)
    result = runner.invoke(app, ["--shares", "1/4, 0.5,1", "--names", "rye, wheat"])
    assert result.exit_code == 0
    assert [(Dough((0.25, 0.5, 1.0), ("rye", "wheat")),)] == CALLS
    runner.invoke(app, [])
    assert CALLS[-1] == (Dough(),)
    assert runner.invoke(app, ["--secret", "4"]).exit_code == 2
    for text in ("1/0,1", "fast"):
        failed = runner.invoke(app, ["--shares", text])
        assert isinstance(failed.exception, UsageError)
        assert "--shares must be numbers separated by commas" in str(failed.exception)
