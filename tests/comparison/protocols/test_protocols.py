from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations
from labelsphere.comparison.protocols import PROTOCOLS, apply_protocol, few, full, noisy
from labelsphere.errors import UsageError


@pytest.fixture
def tags() -> Annotations:
    tags = Annotations.from_lists([[f"tag {i % 7}", f"tag {i % 3}"] for i in range(300)])
    split = ["train"] * 200 + ["val"] * 50 + ["test"] * 50
    return replace(tags, columns=pl.DataFrame({"split": split, "base": np.arange(300) // 2}))


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_name_applies_the_protocol_with_its_own_settings(tags: Annotations, name: str) -> None:
    found, known = apply_protocol(name, tags, group="base"), PROTOCOLS[name](tags, group="base")
    np.testing.assert_array_equal(found.train, known.train)
    assert (found.learned != known.learned).nnz == 0


def test_variations_are_arguments(tags: Annotations) -> None:
    found = apply_protocol("few+share=0.05+seed=3", tags)
    np.testing.assert_array_equal(found.train, few(tags, share=0.05, seed=3).train)
    assert len(found.train) == 10
    found = apply_protocol("noisy + clean=0.4", tags)
    assert (found.learned != noisy(tags, clean=0.4).learned).nnz == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("best", "one of full, noisy, few, but got 'best'"),
        ("full+share=0.1", r"'full' has no variation 'share'; those it has: none"),
        ("few+split=x", r"'few' has no variation 'split'; those it has: share=…, seed=…"),
        ("few+share", "a variation must be key=value, but got 'share'; example: few"),
        ("few+share=some", "share must be a number, but got 'some'"),
        ("noisy+seed=0.5", "seed must be a whole number, but got '0.5'"),
        ("few+share=2", "share must be above 0"),
    ],
)
def test_what_is_no_protocol_is_refused(tags: Annotations, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        apply_protocol(text, tags)


def test_full_is_known_by_its_name() -> None:
    assert PROTOCOLS["full"] is full
