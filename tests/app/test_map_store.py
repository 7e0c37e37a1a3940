"""The map of a label space is made once, and never shown for other labels."""

from pathlib import Path

import numpy as np
import pytest

import labelsphere as ls
from labelsphere.app import map_store
from labelsphere.app.map_store import MapStore


@pytest.fixture
def space() -> ls.LabelSpace:
    rows = [["red", "warm"], ["green", "plant"], ["blue", "sky"], ["red", "plant", "rose"]]
    return ls.LabelSpace.fit(
        ls.Annotations.from_lists([rows[n % 4] for n in range(40)]), method="smoothed"
    )


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts how often a map is computed."""
    calls: list[int] = []
    compute = map_store._make

    def counted(space: ls.LabelSpace) -> tuple[np.ndarray, np.ndarray, np.ndarray, str]:
        calls.append(space.n_labels)
        return compute(space)

    monkeypatch.setattr(map_store, "_make", counted)
    return calls


def test_made_once_and_read_by_the_next_server(
    space: ls.LabelSpace, tmp_path: Path, made: list[int]
) -> None:
    first = MapStore(tmp_path)
    shown = first.of(space)
    assert sorted(shown.names) == sorted(space.vocabulary)
    assert dict(zip(shown.names, shown.counts, strict=True)) == dict(
        zip(space.vocabulary, space.counts.tolist(), strict=True)
    )
    assert first.of(space) == shown
    assert MapStore(tmp_path).of(space) == shown
    assert made == [7]


def test_other_labels_get_a_map_of_their_own(
    space: ls.LabelSpace, tmp_path: Path, made: list[int]
) -> None:
    store = MapStore(tmp_path)
    store.of(space)
    larger = space.place("crimson", ["red", "warm"])
    assert "crimson" in store.of(larger).names
    assert made == [7, 8]
    assert len(list(tmp_path.glob("map-*"))) == 1


def test_a_damaged_map_is_made_again(space: ls.LabelSpace, tmp_path: Path, made: list[int]) -> None:
    MapStore(tmp_path).of(space)
    (kept,) = tmp_path.glob("map-*")
    kept.write_bytes(b"damaged")
    MapStore(tmp_path).of(space)
    assert made == [7, 7]


def test_a_folder_that_is_gone_costs_only_the_map(space: ls.LabelSpace, tmp_path: Path) -> None:
    assert len(MapStore(tmp_path / "nowhere").of(space).names) == 7
