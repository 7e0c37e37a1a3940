"""Sidecar files of a run, and the record by which they are removed again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import polars as pl

from labelsphere.annotations.file_names import on_disk, printable
from labelsphere.archive.sidecars import (
    SidecarNames,
    SidecarTag,
    add_to_text,
    add_to_xmp,
    remove_from_text,
    remove_from_xmp,
    text_sidecar,
    xmp_sidecar,
    xmp_tags,
)
from labelsphere.archive.sidecars.naming import check_distinct
from labelsphere.artefact import new_file
from labelsphere.errors import ArtefactError, DataError
from labelsphere.tagger.tag import Tag

SidecarKind = Literal["text", "xmp"]
KINDS: tuple[SidecarKind, ...] = ("text", "xmp")
_BLOCK = 512


@dataclass(frozen=True)
class SidecarPlan:
    """Plan for one sidecar.

    Attributes:
        picture: The picture's path.
        sidecar: The sidecar's path.
        kind: Its format.
        tags: Tags to write.
        added: Tags among them that the sidecar lacks.
        created: Whether the sidecar does not exist yet.
    """

    picture: Path
    sidecar: Path
    kind: SidecarKind
    tags: tuple[SidecarTag, ...]
    added: tuple[str, ...]
    created: bool


@dataclass(frozen=True)
class SidecarRemoval:
    """Removal of a run's tags from one sidecar.

    Attributes:
        sidecar: Its path.
        tags: Tags that the run added.
        left: Its new contents; None if nothing is left and the file is removed.
    """

    sidecar: Path
    tags: tuple[str, ...]
    left: bytes | None


def plan_sidecar_files(
    pictures: Iterable[tuple[Path, list[Tag], dict[str, tuple[str, ...]]]],
    kind: SidecarKind,
    names: SidecarNames | None = None,
) -> Iterator[SidecarPlan]:
    """Plan the contents of each picture's sidecar, and write nothing.

    Args:
        pictures: Path of each picture, its tags, and the parents of tags that have parents.
        kind: Format of the sidecars.
        names: Form of new names; if None, the usual one for the format.

    Raises:
        DataError: If two pictures share a sidecar, or a sidecar cannot be read or written.
    """
    owners: dict[Path, Path] = {}
    for picture, tags, parents in pictures:
        if kind == "text":
            sidecar = text_sidecar(picture, names or "stem")
        else:
            sidecar = xmp_sidecar(picture, names or "full")
        check_distinct([(owners.setdefault(sidecar, picture), sidecar), (picture, sidecar)])
        wanted = tuple(SidecarTag(t.label, t.probability, parents.get(t.label, ())) for t in tags)
        created = not sidecar.exists()
        there = set() if created or kind == "text" else _keywords(sidecar)
        if kind == "text":
            _, added = add_to_text(None if created else _text(sidecar), [t.name for t in wanted])
        else:
            added = tuple(tag.name for tag in wanted if tag.name not in there)
        yield SidecarPlan(picture, sidecar, kind, wanted, added, created)


def write_sidecars(planned: Iterable[SidecarPlan], run_folder: Path, run: str) -> int:
    """Write sidecars, and first record the tags to be added.

    Args:
        planned: The plans.
        run_folder: The run's folder, which holds the record.
        run: The run's name.

    Returns:
        Number of sidecars that were changed or created.

    Raises:
        ArtefactError: If some cannot be written; raised after all others are written.
    """
    waiting = (plan for plan in planned if plan.added)
    number = len(list(run_folder.glob("sidecars-*.parquet")))
    changed = 0
    failed: list[Exception] = []
    while block := list(islice(waiting, _BLOCK)):
        number += 1
        frame = pl.DataFrame(
            {
                "sidecar": [printable(str(plan.sidecar.absolute())) for plan in block],
                "kind": [plan.kind for plan in block],
                "added": [list(plan.added) for plan in block],
                "created": [plan.created for plan in block],
            },
            schema_overrides={"added": pl.List(pl.String)},
        )
        with new_file(run_folder / f"sidecars-{number:06}.parquet") as temporary:
            frame.write_parquet(temporary)
        for plan in block:
            try:
                _write(plan, run)
            except (ArtefactError, OSError) as error:
                failed.append(error)
            else:
                changed += 1
    if failed:
        raise ArtefactError(
            f"{len(failed):,} of {changed + len(failed):,} sidecars cannot be written; the first: "
            f"{failed[0]}. The same command writes the rest once this is fixed"
        ) from failed[0]
    return changed


def plan_removals(run_folder: Path, run: str) -> Iterator[SidecarRemoval]:
    """Return the changes that `remove_sidecars` would make, and write nothing."""
    for record in sorted(run_folder.glob("sidecars-*.parquet"), reverse=True):
        yield from _removals(record, run)


def remove_sidecars(run_folder: Path, run: str) -> tuple[int, int]:
    """Remove a run's tags from sidecars, and delete the record of them.

    Returns:
        Number of sidecars changed, and number of empty sidecars deleted.
    """
    changed = removed = 0
    for record in sorted(run_folder.glob("sidecars-*.parquet"), reverse=True):
        for one in _removals(record, run):
            if one.left is None:
                one.sidecar.unlink()
                removed += 1
            else:
                with new_file(one.sidecar) as temporary:
                    temporary.write_bytes(one.left)
                changed += 1
        record.unlink()
    return changed, removed


def _removals(record: Path, run: str) -> Iterator[SidecarRemoval]:
    for name, kind, added, created in pl.read_parquet(record).iter_rows():
        sidecar = Path(name) if Path(name).exists() else Path(on_disk(name))
        if not sidecar.is_file():
            continue
        data = sidecar.read_bytes()
        left = _without(data, kind, added, run)
        if left is not None and created and not left.strip():
            left = None
        if left != data:
            yield SidecarRemoval(sidecar, tuple(added), left)


def _without(data: bytes, kind: str, added: list[str], run: str) -> bytes | None:
    if kind == "text":
        return remove_from_text(data.decode("utf-8"), added).encode("utf-8")
    return remove_from_xmp(data, run)


def _write(plan: SidecarPlan, run: str) -> None:
    exists = plan.sidecar.exists()
    if plan.kind == "text":
        text, _ = add_to_text(_text(plan.sidecar) if exists else None, [t.name for t in plan.tags])
        data = text.encode("utf-8")
    else:
        data = add_to_xmp(plan.sidecar.read_bytes() if exists else None, plan.tags, run)
    with new_file(plan.sidecar) as temporary:
        temporary.write_bytes(data)


def _keywords(sidecar: Path) -> set[str]:
    try:
        return set(xmp_tags(sidecar.read_bytes()))
    except DataError as error:
        raise DataError(f"{printable(str(sidecar))}: {error}") from error


def _text(sidecar: Path) -> str:
    try:
        return sidecar.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{printable(str(sidecar))} is not UTF-8: save it as UTF-8, or write other sidecars"
        ) from error
