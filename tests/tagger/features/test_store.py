from pathlib import Path

import numpy as np
import pytest

from labelsphere.tagger.features.contents import content_digest
from labelsphere.tagger.features.store import FeatureStore

DIGESTS = [content_digest(bytes([number])) for number in range(5)]
FEATURES = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)


def test_what_was_added_is_found_by_contents_in_any_order(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path / "store")
    assert DIGESTS[0] not in store
    store.add(DIGESTS[:2], FEATURES[:2])
    store.add(DIGESTS[2:], FEATURES[2:])
    for opened in (store, FeatureStore(tmp_path / "store")):
        matrix = np.full((6, 3), np.nan, np.float32)
        other = content_digest(b"other")
        opened.fill(matrix, [DIGESTS[4], None, DIGESTS[0], other, DIGESTS[2], DIGESTS[0]])
        np.testing.assert_array_equal(matrix[[0, 2, 4, 5]], FEATURES[[4, 0, 2, 0]])
        assert np.isnan(matrix[[1, 3]]).all()


@pytest.mark.parametrize("kept", [0, 20, -1])
def test_a_damaged_part_counts_as_missing(tmp_path: Path, kept: int) -> None:
    store = FeatureStore(tmp_path)
    store.add(DIGESTS[:2], FEATURES[:2])
    (part,) = tmp_path.glob("part-*")
    part.write_bytes(part.read_bytes()[:kept])
    store.add(DIGESTS[2:], FEATURES[2:])
    opened = FeatureStore(tmp_path)
    assert [digest in opened for digest in DIGESTS] == [False, False, True, True, True]
