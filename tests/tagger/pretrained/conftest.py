from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder for the whole session, so that weights are converted once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is taken from the user's cache, or left there; the hub is not asked."""
    monkeypatch.setenv("LABELSPHERE_CACHE", str(cache))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from labelsphere.tagger.pretrained.hub import hub_is_reachable

    hub_is_reachable.cache_clear()
