"""The command line's shell, run as a process: help, version, errors on one line, exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from labelsphere import cli
from labelsphere.cli import main
from labelsphere.cli.verbs import VERBS, WORK, load_verb
from labelsphere.version import __version__

HEAVY = ("torch", "polars", "numpy", "scipy", "PIL", "pyarrow", "matplotlib", "timm")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "labelsphere", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "COLUMNS": "100", "LABELSPHERE_DEBUG": "", **environment},
    )


def only_line(text: str) -> str:
    assert text.endswith("\n")
    assert text.count("\n") == 1, text
    return text.strip()


def test_help_lists_every_verb_and_imports_nothing_heavy() -> None:
    code = f"""
import sys
from labelsphere.cli import main
code = main(["--help"])
print("heavy:", sorted(set({HEAVY}) & set(sys.modules)))
print("verbs:", sorted({{"labelsphere.cli." + name for name in {list(VERBS)}}} & set(sys.modules)))
sys.exit(code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "heavy: []" in done.stdout
    assert "verbs: []" in done.stdout
    for name in VERBS:
        assert f" {name} " in done.stdout
    # Grouped by the user's work, in the order in which it is done.
    titles = [done.stdout.index(f"─ {title} ─") for title in WORK]
    assert titles == sorted(titles)


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = f"import sys, labelsphere; print(set({HEAVY}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_no_arguments_print_the_help() -> None:
    assert run().stdout == run("--help").stdout != ""


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"labelsphere {__version__}\n")


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_a_help_page_with_its_own_options(name: str) -> None:
    command = load_verb(name)
    assert command.name == name
    assert command.help
    assert {parameter.name for parameter in command.params} - {"help"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["trian"], "No such command 'trian'. Did you mean 'train'? See labelsphere --help."),
        (["--quick"], "No such option: --quick. See labelsphere --help."),
        (["embed"], "Missing argument 'TAGS'. See labelsphere embed --help."),
        (["embed", "a.csv", "--dim"], "Option '--dim' requires an argument."),
        (["embed", "a.csv", "--dim", "many"], "'--dim'"),
        (["embed", "a.csv", "--dim", "many"], "but got 'many'. See labelsphere embed --help."),
    ],
)
def test_bad_usage_is_one_line_and_code_2(arguments: list[str], expected: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    line = only_line(done.stderr)
    assert line.startswith("labelsphere: ")
    assert expected in line


def verb_that_raises(folder: Path, error: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a verb the way a contributor does: a file in the package and a line in the table."""
    source = f"""
from labelsphere.errors import *

def {folder.name}() -> None:
    raise {error}
"""
    (folder / f"{folder.name}.py").write_text(source)
    monkeypatch.setattr(cli, "__path__", [*cli.__path__, str(folder)])
    monkeypatch.setitem(VERBS, folder.name, "A verb that fails.")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        ("UsageError('dim is 0; expected 1 or more')", 2, "dim is 0; expected 1 or more"),
        ("DataError('tags.csv\\nis empty')", 1, "tags.csv is empty"),
        ("ArtefactError('space has no config.json')", 1, "space has no config.json"),
        (
            "MissingExtraError('onnx', 'onnx')",
            1,
            "'onnx' is not installed; install it with: pip install 'labelsphere[onnx]'",
        ),
        ("FileNotFoundError(2, 'No such file', 'a.csv')", 1, "cannot use a.csv: No such file"),
        (
            "RuntimeError('out of\\nmemory')",
            1,
            "unexpected RuntimeError: out of memory; run again with --debug to see where",
        ),
        (
            "ZeroDivisionError",
            1,
            "unexpected ZeroDivisionError; run again with --debug to see where",
        ),
        ("MemoryError", 1, "out of memory: give smaller batches or fewer rows"),
        (
            "MemoryError('Unable to allocate 9 GiB')",
            1,
            "out of memory (Unable to allocate 9 GiB): give smaller batches or fewer rows",
        ),
        (
            "RecursionError('maximum')",
            1,
            "the input is nested too deeply to be read: expected a plain table of tags",
        ),
        (
            "OSError(28, 'No space left on device')",
            1,
            "cannot write to the standard output: No space left on device",
        ),
        ("KeyboardInterrupt", 130, "interrupted"),
    ],
)
def test_an_error_is_one_line_and_its_code(
    error: str,
    code: int,
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("LABELSPHERE_DEBUG", raising=False)
    verb_that_raises(tmp_path, error, monkeypatch)
    assert main([tmp_path.name]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert only_line(printed.err) == f"labelsphere: {line}"


@pytest.mark.parametrize("place", ["before the verb", "after the verb", "environment"])
def test_debug_shows_the_traceback_and_keeps_the_line_and_code(
    place: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    verb_that_raises(tmp_path, "UsageError('dim is 0')", monkeypatch)
    arguments = {
        "before the verb": ["--debug", tmp_path.name],
        "after the verb": [tmp_path.name, "--debug"],
        "environment": [tmp_path.name],
    }[place]
    if place == "environment":
        monkeypatch.setenv("LABELSPHERE_DEBUG", "1")
    assert main(arguments) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback (most recent call last):")
    assert f"{tmp_path.name}.py" in shown
    assert shown.endswith("\nlabelsphere: dim is 0\n")


def test_a_file_that_is_empty_or_missing_is_one_line_without_traceback(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    for name in ("empty.csv", "missing.csv"):
        done = run("inspect", str(tmp_path / name))
        assert done.returncode in (1, 2)
        assert name in only_line(done.stderr)


def table(folder: Path) -> Path:
    path = folder / "tags.csv"
    path.write_text('image,tags\na.jpg,"café, 😀"\nb.jpg,café\n', encoding="utf-8")
    return path


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_letter_that_stdout_cannot_take_is_escaped(
    tmp_path: Path, encoding: str, form: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "labelsphere", "inspect", str(table(tmp_path)), *form],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "100"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode(encoding)
    if form:
        assert json.loads(text)["problems"][0]["examples"] == ["😀"]
    else:
        assert r"\U0001f600" in text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device on this system")
@pytest.mark.parametrize(
    ("arguments", "unbuffered"),
    [
        (["--version"], ""),
        (["--help"], "1"),
        (["inspect", "TABLE"], ""),
        (["inspect", "TABLE"], "1"),
    ],
)
def test_a_full_stdout_is_one_line(tmp_path: Path, arguments: list[str], unbuffered: str) -> None:
    given = [str(table(tmp_path)) if word == "TABLE" else word for word in arguments]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "labelsphere", *given],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered, "LABELSPHERE_DEBUG": ""},
        )
    assert done.returncode == 1
    assert only_line(done.stderr) == (
        "labelsphere: cannot write to the standard output: No space left on device"
    )


@pytest.mark.parametrize("arguments", [["--help"], ["inspect", "TABLE"]])
def test_a_reader_that_has_enough_is_no_error(tmp_path: Path, arguments: list[str]) -> None:
    given = [str(table(tmp_path)) if word == "TABLE" else word for word in arguments]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "labelsphere", *given],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.stderr == ""


def test_a_closed_stdout_is_one_line_at_most(tmp_path: Path) -> None:
    line = f'exec >&-; exec "{sys.executable}" -m labelsphere inspect "{table(tmp_path)}"'
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert done.stderr.count("\n") <= 1
    assert "unexpected" not in done.stderr
