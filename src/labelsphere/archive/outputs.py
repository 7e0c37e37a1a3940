"""Outputs of a run: files of tags and sidecars, written and removed."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

from labelsphere.annotations.file_names import on_disk
from labelsphere.archive.differences import Difference, output_differences, output_tags
from labelsphere.archive.filtering import TagFilter
from labelsphere.archive.journal import Journal
from labelsphere.archive.sidecar_files import (
    SidecarKind,
    SidecarPlan,
    plan_sidecar_files,
    remove_sidecars,
    write_sidecars,
)
from labelsphere.archive.sidecars import SidecarNames
from labelsphere.archive.tagging import final_records
from labelsphere.archive.writers import OutputPicture, OutputWriter, output_ending, writer_for
from labelsphere.artefact import new_file
from labelsphere.errors import UsageError
from labelsphere.tagger.tag import Tag


@dataclass(frozen=True)
class RemovedOutputs:
    """Result of removing a run's outputs.

    Attributes:
        changed: Number of sidecars from which tags were removed.
        removed: Number of sidecars that were deleted because they were empty.
        files: Outputs that were deleted.
        kept: Outputs that were changed since the run and are kept.
    """

    changed: int
    removed: int
    files: tuple[Path, ...]
    kept: tuple[Path, ...]


def written_pictures(
    journal: Journal, chosen: TagFilter, names: set[str] | None = None
) -> Iterator[OutputPicture]:
    """Yield the pictures that could be read, with the tags to write for them."""
    for record in final_records(journal, names):
        if not record.problem:
            yield OutputPicture(record.name, chosen.apply(record.tags))


def problems(journal: Journal, names: set[str] | None = None) -> Iterator[str]:
    """Yield a sentence for each picture of a run that has no tags: the reason."""
    return (record.problem for record in final_records(journal, names) if record.problem)


def write_output(
    journal: Journal,
    output: Path,
    chosen: TagFilter,
    names: set[str] | None = None,
    writer: OutputWriter | None = None,
) -> None:
    """Write a file of tags atomically, and record it as an output of the run.

    Args:
        journal: A locked journal.
        output: The file.
        chosen: Filter of the tags to write.
        names: Names of the pictures to write; all of the run if None.
        writer: Writer of the file's format; if None, by the file's ending.

    Raises:
        UsageError: If no format has this ending.
        ArtefactError: If it cannot be written.
    """
    write = writer or writer_for(output)
    with new_file(output) as temporary:
        pictures = written_pictures(journal, chosen, names)
        write(pictures, temporary, calibrated=journal.info.calibrated)
        digest = _digest(temporary)
    journal.update(outputs={**journal.info.outputs, str(output.absolute()): digest})


def plan_output(
    journal: Journal,
    output: Path,
    chosen: TagFilter,
    names: set[str] | None = None,
    writer: OutputWriter | None = None,
) -> list[Difference]:
    """Return the changes that `write_output` would make to an existing output.

    Raises:
        DataError: If the existing file is not such an output.
        UsageError: As `write_output`.
    """
    write = writer or writer_for(output)
    ending = output_ending(write)
    old = output_tags(output, ending) if output.exists() else {}
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "output"
        write(written_pictures(journal, chosen, names), copy, calibrated=journal.info.calibrated)
        return list(output_differences(old, output_tags(copy, ending)))


def plan_sidecars(
    journal: Journal,
    kind: SidecarKind,
    chosen: TagFilter,
    sidecar_names: SidecarNames | None = None,
    names: set[str] | None = None,
) -> Iterator[SidecarPlan]:
    """Plan the sidecars of a run's pictures, and write nothing.

    Raises:
        UsageError: If a picture is inside a table or tar file, which has no sidecars.
    """

    def pictures() -> Iterator[tuple[Path, list[Tag], dict[str, tuple[str, ...]]]]:
        for record in final_records(journal, names):
            if record.problem:
                continue
            if not record.path:
                raise UsageError(
                    f"{record.name} is inside another file, so it can have no sidecar; "
                    "give an --output"
                )
            path = Path(record.name) if Path(record.name).exists() else Path(on_disk(record.name))
            tags = chosen.apply(record.tags)
            parents = {tag.label: tuple(reversed(chosen.parents(tag.label))) for tag in tags}
            yield path, tags, parents

    return plan_sidecar_files(pictures(), kind, sidecar_names)


def save_sidecars(journal: Journal, planned: Iterator[SidecarPlan]) -> int:
    """Write planned sidecars; see `write_sidecars`."""
    return write_sidecars(planned, journal.folder, journal.info.run)


def remove_outputs(journal: Journal) -> RemovedOutputs:
    """Remove a run's tags from sidecars, and delete its files that were not changed since."""
    changed, removed = remove_sidecars(journal.folder, journal.info.run)
    files, kept = [], []
    for name, digest in journal.info.outputs.items():
        path = Path(name)
        if not path.is_file():
            continue
        if _digest(path) == digest:
            path.unlink()
            files.append(path)
        else:
            kept.append(path)
    journal.update(outputs={})
    return RemovedOutputs(changed, removed, tuple(files), tuple(kept))


def unchanged_outputs(journal: Journal) -> list[Path]:
    """Return the files that the run wrote and that were not changed since."""
    found = [(Path(name), digest) for name, digest in journal.info.outputs.items()]
    return [path for path, digest in found if path.is_file() and _digest(path) == digest]


def _digest(path: Path) -> str:
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
