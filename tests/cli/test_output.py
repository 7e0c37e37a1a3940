"""Results on stdout, progress and remarks on stderr, in forms that programs can read."""

import json

import numpy as np
import pytest

from labelsphere.cli import output


def test_json_is_strict_and_knows_numpy(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json(
        {
            "tag": "海",
            "score": np.float32(0.5),
            "missing": float("nan"),
            "values": np.array([1.0, np.inf]),
            "count": np.int64(3),
            "seen": np.True_,
            "pair": (1, None),
            7: {"empty"},
        }
    )
    printed = capsys.readouterr()
    assert "海" in printed.out
    assert printed.err == ""
    assert json.loads(printed.out, parse_constant=pytest.fail) == {
        "tag": "海",
        "score": 0.5,
        "missing": None,
        "values": [1.0, None],
        "count": 3,
        "seen": True,
        "pair": [1, None],
        "7": ["empty"],
    }


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("text", ["café", "海 😀", "plain", "caf\udce9.jpg", "a\nb\t\0"])
def test_json_can_be_written_in_any_encoding_and_read_back(encoding: str, text: str) -> None:
    written = output.json_text({"name": text}, encoding=encoding).encode(encoding).decode(encoding)
    assert json.loads(written) == {"name": text}


def test_json_keeps_letters_where_it_can() -> None:
    assert "café" in output.json_text(["café"], encoding="cp1252")
    assert r"caf\u00e9" in output.json_text(["café"], encoding="ascii")


def test_a_table_shows_every_cell_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["[red] apple", 3, 0.25], ["sea", 12, None]]
    output.print_table("Tags [all]", ["tag", "images [n]", "score"], rows, ["score: cosine"])
    printed = capsys.readouterr()
    assert printed.err == ""
    for text in ("Tags [all]", "images [n]", "[red] apple", "0.2500", "12", "–", "score: cosine"):
        assert text in printed.out


def test_a_remark_stays_out_of_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    output.remark("2 images [a, b] skipped")
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "2 images [a, b] skipped\n")


def test_progress_without_a_terminal_is_few_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with output.progress("Training", 1000) as update:
        for step in range(1, 1001):
            update(step, remark="loss 0.5")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "Training 1000/1000, 0:00:00 gone, loss 0.5\n"

    monkeypatch.setattr(output, "SECONDS_BETWEEN_LINES", 0.0)
    with output.progress("Reading") as update:
        update(5)
        update(50, total=100)
    assert [line.split(",")[0] for line in capsys.readouterr().err.splitlines()] == [
        "Reading 5",
        "Reading 50/100",
    ]
