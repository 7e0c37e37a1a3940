"""A saved tagger is pushed to a hub, and what is not a tagger is refused."""

import json
from pathlib import Path

import pytest

from labelsphere.cli import main
from tests.local_hub import Hub, serve_hub


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)


def test_the_folder_is_uploaded_with_its_model_card(
    shape_tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve_hub() as address:
        command = ["push", str(shape_tagger), "user/shapes", "--endpoint", address]
        assert main(command) == 0
        assert "pushed to " in capsys.readouterr().err
        pushed = dict(Hub.repositories["user/shapes"])
        assert main([*command, "--json"]) == 0
    for name in ("README.md", "config.json", "labels.parquet"):
        assert pushed[name] == (shape_tagger / name).read_bytes()
    printed = json.loads(capsys.readouterr().out)
    assert printed["repository"] == "user/shapes"
    assert printed["address"].endswith("/user/shapes")


def test_what_is_not_a_tagger_is_refused(
    space_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve_hub() as address:
        command = ["push", str(space_folder), "user/space", "--endpoint", address]
        assert main(command) == 1
        assert "expected 'labelsphere.tagger'" in capsys.readouterr().err
        assert Hub.repositories == {}
        assert main(["push", str(space_folder / "none"), "user/x", "--endpoint", address]) == 1
