import json
from typing import Any

import pytest

from labelsphere.comparison import ComparisonSettings
from labelsphere.errors import UsageError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rates", ()),
        ("rates", (1e-3, 0.0)),
        ("rates", (-1.0,)),
        ("rate_share", 0.0),
        ("rate_share", 1.1),
        ("seeds", ()),
        ("seeds", (1, 1)),
        ("seeds", (-1,)),
        ("evaluations", 0),
        ("resamples", 0),
        ("examples", -1),
        ("budgets", ()),
        ("budgets", (0.5,)),
        ("budgets", (0.0, 1.0)),
        ("budgets", (1.0, 2.0)),
        ("workers", -1),
    ],
)
def test_a_setting_out_of_range_is_named(name: str, value: Any) -> None:
    with pytest.raises(UsageError, match=f"{name} must be"):
        ComparisonSettings(**{name: value})


def test_json_holds_what_all_methods_share_and_no_single_rate_or_seed() -> None:
    values = json.loads(json.dumps(ComparisonSettings(seeds=(3, 4)).to_json()))
    assert values["seeds"] == [3, 4]
    assert values["backbone"] == "resnet18"
    assert values["batch_size"] == 128
    assert not {"rate", "seed"} & values.keys()
