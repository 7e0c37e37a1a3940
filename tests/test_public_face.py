"""The public names: there, documented, typed, and no more than are promised."""

import inspect
from importlib.metadata import version

import pytest

import labelsphere


def test_version_is_the_installed_one() -> None:
    assert labelsphere.__version__ == version("labelsphere")


@pytest.mark.parametrize("name", labelsphere.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    value = getattr(labelsphere, name)
    assert name == "__version__" or inspect.getdoc(value)


@pytest.mark.parametrize("name", ["Annotations", "LabelSpace", "Tagger"])
def test_every_public_method_is_documented_and_typed(name: str) -> None:
    model = getattr(labelsphere, name)
    methods = {
        key: getattr(model, key)
        for key, value in vars(model).items()
        if not key.startswith("_") and callable(getattr(value, "__func__", value))
    }
    assert methods
    for key, method in methods.items():
        assert inspect.getdoc(method), f"{name}.{key} has no docstring"
        assert "return" in inspect.get_annotations(method), f"{name}.{key} is not typed"


def test_dir_shows_the_public_names() -> None:
    assert sorted(dir(labelsphere)) == sorted(labelsphere.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'LabelSpeace'"):
        _ = labelsphere.LabelSpeace
