"""Names of a package are imported when they are asked for."""

import sys

import pytest

from labelsphere.lazy_names import names_from


def test_a_module_is_imported_when_its_name_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "labelsphere.version", raising=False)
    get = names_from("labelsphere", {"__version__": "version"})
    assert "labelsphere.version" not in sys.modules
    assert get("__version__") == sys.modules["labelsphere.version"].__version__


def test_an_unknown_name_is_an_attribute_error_as_in_any_module() -> None:
    get = names_from("labelsphere", {"__version__": "version"})
    with pytest.raises(AttributeError, match="module 'labelsphere' has no attribute 'nothing'"):
        get("nothing")
