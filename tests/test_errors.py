import pytest

from labelsphere.errors import (
    ArtefactError,
    DataError,
    LabelsphereError,
    MissingExtraError,
    UsageError,
)


@pytest.mark.parametrize(
    ("kind", "code"), [(UsageError, 2), (DataError, 1), (ArtefactError, 1), (LabelsphereError, 1)]
)
def test_bad_usage_leaves_with_2_and_all_else_with_1(
    kind: type[LabelsphereError], code: int
) -> None:
    assert kind("what went wrong").exit_code == code
    assert issubclass(kind, LabelsphereError)


@pytest.mark.parametrize("kind", [UsageError, DataError, ArtefactError])
def test_wrong_values_are_value_errors_too(kind: type[LabelsphereError]) -> None:
    with pytest.raises(ValueError, match="what went wrong"):
        raise kind("what went wrong")


def test_a_missing_extra_says_how_to_install_it() -> None:
    error = MissingExtraError("onnx", "deploy")
    assert isinstance(error, ImportError)
    assert error.exit_code == 1
    assert str(error) == (
        "'onnx' is not installed; install it with: pip install 'labelsphere[deploy]'"
    )
