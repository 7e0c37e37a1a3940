"""The record of a fit: typed fields, and the JSON that older folders hold."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.errors import DataError
from labelsphere.json_types import Json
from labelsphere.space.fit_record import FitRecord

OLD: dict[str, Json] = {
    "method": "shifted",
    "exponent": 0.25,
    "options": {"shift": 2.0},
    "images": 1405.0,
    "pairs": 2,
    "solver": "exact",
    "positive_share": None,
    "placed_later": ["glamping"],
    "aligned_labels": 18,
    "aligned_proximity": 0.97,
}


def test_the_settings_of_an_older_folder_are_read() -> None:
    record = FitRecord.from_json(OLD)
    assert (record.method, record.options, record.exponent) == ("shifted", {"shift": 2.0}, 0.25)
    assert (record.images, record.placed_later) == (1405.0, ("glamping",))
    assert (record.aligned_labels, record.aligned_proximity) == (18, 0.97)
    assert record.facts == {"pairs": 2, "solver": "exact", "positive_share": None}
    assert record.to_json() == OLD


def test_a_folder_without_settings_has_an_empty_record() -> None:
    assert FitRecord.from_json({}) == FitRecord()
    assert FitRecord().to_json() == {"method": None, "options": {}}


@given(
    st.builds(
        FitRecord,
        method=st.none() | st.text(),
        options=st.dictionaries(st.text(), st.integers() | st.text() | st.booleans()),
        exponent=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        images=st.none() | st.floats(0, 1e9),
        placed_later=st.lists(st.text()).map(tuple),
        aligned_labels=st.none() | st.integers(0),
        aligned_proximity=st.none() | st.floats(-1, 1),
        facts=st.dictionaries(st.sampled_from(["pairs", "solver", "unknown"]), st.integers()),
    )
)
def test_json_and_back_is_the_same(record: FitRecord) -> None:
    assert FitRecord.from_json(json.loads(json.dumps(record.to_json()))) == record


@pytest.mark.parametrize(
    ("key", "value"),
    [("method", 3), ("options", "shift"), ("images", "many"), ("placed_later", "glamping")],
)
def test_values_of_another_type_are_refused(key: str, value: Json) -> None:
    with pytest.raises(DataError, match=f"{key} of a label space"):
        FitRecord.from_json({key: value})
