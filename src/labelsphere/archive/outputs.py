"""What a run writes for others: files of tags and sidecars, and taking them back."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

from labelsphere.annotations.file_names import on_disk
from labelsphere.archive.beside import (
    SidecarKind,
    SidecarPlan,
    plans,
    remove_sidecars,
    write_sidecars,
)
from labelsphere.archive.differences import Difference, output_differences, output_tags
from labelsphere.archive.filtering import TagFilter
from labelsphere.archive.journal import Journal
from labelsphere.archive.sidecars import SidecarNames
from labelsphere.archive.tagging import final_records
from labelsphere.archive.writers import OutputWriter, Written, output_ending, writer_for
from labelsphere.artefact import new_file
from labelsphere.errors import UsageError
from labelsphere.tagger.tag import Tag


@dataclass(frozen=True)
class Undone:
    """What was taken back.

    Attributes:
        changed: Sidecars that tags were removed from.
        removed: Sidecars that were removed, for nothing was left in them.
        files: Outputs that were removed.
        kept: Outputs that somebody has changed since, and that stay.
    """

    changed: int
    removed: int
    files: tuple[Path, ...]
    kept: tuple[Path, ...]


def written_pictures(
    journal: Journal, chosen: TagFilter, names: set[str] | None = None
) -> Iterator[Written]:
    """Pictures that could be read, with the tags that are written for them."""
    for record in final_records(journal, names):
        if not record.problem:
            yield Written(record.name, chosen.apply(record.tags))


def problems(journal: Journal, names: set[str] | None = None) -> Iterator[str]:
    """Why pictures of a run have no tags, a sentence each."""
    return (record.problem for record in final_records(journal, names) if record.problem)


def write_output(
    journal: Journal,
    output: Path,
    chosen: TagFilter,
    names: set[str] | None = None,
    writer: OutputWriter | None = None,
) -> None:
    """Write a file of tags, whole or not at all, and remember it as the run's.

    Args:
        journal: A journal that is locked.
        output: The file.
        chosen: Which tags are written.
        names: Pictures that are written; all of the run if None.
        writer: The file's form; that of its ending if None.

    Raises:
        UsageError: If no form has its ending.
        ArtefactError: If it cannot be written.
    """
    write = writer or writer_for(output)
    with new_file(output) as beside:
        pictures = written_pictures(journal, chosen, names)
        write(pictures, beside, calibrated=journal.info.calibrated)
        digest = _digest(beside)
    journal.update(outputs={**journal.info.outputs, str(output.absolute()): digest})


def plan_output(
    journal: Journal,
    output: Path,
    chosen: TagFilter,
    names: set[str] | None = None,
    writer: OutputWriter | None = None,
) -> list[Difference]:
    """How the output that is there differs from what `write_output` would write in its place.

    Raises:
        DataError: If what is there is no such output.
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
    """Plan the sidecars of a run's pictures; nothing is written.

    Raises:
        UsageError: If a picture is within a table or tar file, where nothing stands beside it.
    """

    def pictures() -> Iterator[tuple[Path, list[Tag], dict[str, tuple[str, ...]]]]:
        for record in final_records(journal, names):
            if record.problem:
                continue
            if not record.path:
                raise UsageError(
                    f"{record.name} is within another file, so no sidecar can stand beside it; "
                    "name an --output"
                )
            path = Path(record.name) if Path(record.name).exists() else Path(on_disk(record.name))
            tags = chosen.apply(record.tags)
            parents = {tag.label: tuple(reversed(chosen.parents(tag.label))) for tag in tags}
            yield path, tags, parents

    return plans(pictures(), kind, sidecar_names)


def save_sidecars(journal: Journal, planned: Iterator[SidecarPlan]) -> int:
    """Write planned sidecars; see `write_sidecars`."""
    return write_sidecars(planned, journal.folder, journal.info.run)


def remove_outputs(journal: Journal) -> Undone:
    """Take back what a run wrote: its tags in sidecars, and its files if nobody changed them."""
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
    return Undone(changed, removed, tuple(files), tuple(kept))


def unchanged_outputs(journal: Journal) -> list[Path]:
    """Files that the run wrote and that nobody has changed since."""
    found = [(Path(name), digest) for name, digest in journal.info.outputs.items()]
    return [path for path, digest in found if path.is_file() and _digest(path) == digest]


def _digest(path: Path) -> str:
    digest = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
