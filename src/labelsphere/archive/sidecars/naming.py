"""Names of sidecar files: an existing file is used, otherwise the caller's preference."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from labelsphere.errors import DataError

SidecarNames = Literal["stem", "full"]
"""``"stem"`` names the sidecar of photo.jpg photo.txt, ``"full"`` names it photo.jpg.txt."""


def text_sidecar(picture: Path, names: SidecarNames = "stem") -> Path:
    """Path of a picture's text sidecar.

    An existing file is used, in either of the two forms. ``photo.txt`` is what most
    training programs read, ``photo.jpg.txt`` is what hydrus and gallery-dl write.

    Args:
        picture: Path of the picture.
        names: Form of a new sidecar's name.

    Raises:
        DataError: If both forms exist.
    """
    return _sidecar(picture, ".txt", names)


def xmp_sidecar(picture: Path, names: SidecarNames = "full") -> Path:
    """Path of a picture's XMP sidecar.

    An existing file is used. ``photo.jpg.xmp`` is what digiKam, darktable and Immich write,
    ``photo.xmp`` is what Adobe's programs write.

    Args:
        picture: Path of the picture.
        names: Form of a new sidecar's name.

    Raises:
        DataError: If both forms exist.
    """
    return _sidecar(picture, ".xmp", names)


def check_distinct(sidecars: Iterable[tuple[Path, Path]]) -> None:
    """Refuse two pictures that share one sidecar, such as a.jpg and a.png beside a.txt.

    Args:
        sidecars: Pairs of a picture and its sidecar.

    Raises:
        DataError: If two pictures have the same sidecar; the message names both.
    """
    owners: dict[Path, Path] = {}
    for picture, sidecar in sidecars:
        owner = owners.setdefault(sidecar, picture)
        if owner != picture:
            raise DataError(
                f"{owner} and {picture} share the sidecar {sidecar.name}; expected one a picture: "
                "use full names (photo.jpg.txt), or tag them in separate runs"
            )


def _sidecar(picture: Path, ending: str, names: SidecarNames) -> Path:
    stem, full = picture.with_suffix(ending), picture.with_name(picture.name + ending)
    if stem.exists() and full.exists() and stem != full:
        raise DataError(
            f"{picture} has two sidecars, {stem.name} and {full.name}; expected one: remove the "
            "other"
        )
    if stem.exists() or full.exists():
        return stem if stem.exists() else full
    return stem if names == "stem" else full
