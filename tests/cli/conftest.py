"""What several verbs are tried on."""

from pathlib import Path

import pytest

from labelsphere.annotations import Annotations
from labelsphere.space import LabelSpace


@pytest.fixture(scope="session")
def space_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved label space of riders, cows and offices."""
    rows = [
        *[["man", "horse", "rider"]] * 6,
        *[["horse", "meadow"]] * 3,
        *[["man", "office"]] * 5,
        *[["meadow", "cow"]] * 4,
    ]
    folder = tmp_path_factory.mktemp("spaces") / "space"
    LabelSpace.fit(Annotations.from_lists(rows)).save(folder)
    return folder
