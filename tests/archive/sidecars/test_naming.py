from pathlib import Path

import pytest

from labelsphere.archive.sidecars import text_sidecar, xmp_sidecar
from labelsphere.archive.sidecars.naming import check_distinct
from labelsphere.errors import DataError


def test_a_new_sidecar_takes_the_form_that_is_asked_for(tmp_path: Path) -> None:
    picture = tmp_path / "a.b.jpg"
    assert text_sidecar(picture).name == "a.b.txt"
    assert text_sidecar(picture, "full").name == "a.b.jpg.txt"
    assert xmp_sidecar(picture).name == "a.b.jpg.xmp"
    assert xmp_sidecar(picture, "stem").name == "a.b.xmp"


@pytest.mark.parametrize("name", ["a.txt", "a.jpg.txt"])
def test_the_sidecar_that_exists_is_kept_to(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    for names in ("stem", "full"):
        assert text_sidecar(tmp_path / "a.jpg", names).name == name  # type: ignore[arg-type]


def test_two_sidecars_of_one_picture_are_refused(tmp_path: Path) -> None:
    for name in ("a.xmp", "a.jpg.xmp"):
        (tmp_path / name).touch()
    with pytest.raises(DataError, match=r"a\.xmp and a\.jpg\.xmp"):
        xmp_sidecar(tmp_path / "a.jpg")


def test_two_pictures_with_one_sidecar_are_refused() -> None:
    pairs = [(Path(name), Path("a.txt")) for name in ("a.jpg", "a.png")]
    with pytest.raises(DataError, match=r"a\.jpg and a\.png share"):
        check_distinct(pairs)
    check_distinct([*pairs[:1], *pairs[:1], (Path("b.jpg"), Path("b.txt"))])
