from pathlib import Path

import pytest

from labelsphere.tagger.cache_folder import cache_folder


def test_the_folder_is_labelspheres_then_xdgs_then_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    monkeypatch.setenv("LABELSPHERE_CACHE", "/own")
    assert cache_folder() == Path("/own")
    monkeypatch.delenv("LABELSPHERE_CACHE")
    assert cache_folder() == Path("/elsewhere/labelsphere")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == tmp_path / ".cache/labelsphere"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == tmp_path / ".cache/labelsphere"
