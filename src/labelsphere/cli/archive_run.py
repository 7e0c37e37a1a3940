"""Runs of ``labelsphere tag`` that write an output and keep a journal."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labelsphere.archive.filtering import TagFilter
    from labelsphere.archive.journal import Journal
    from labelsphere.archive.tagging import Summary
    from labelsphere.cli.archive_options import JournalOptions, WritingOptions
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.choosing import TagChoice

_NAMED = 10


@dataclass(frozen=True)
class ArchiveRun:
    """Options of a tagging run.

    Attributes:
        tagger: Folder of the tagger.
        paths: Files, folders, patterns, or ``-`` for a list on stdin.
        output: File of tags; None for sidecars alone.
        format: Format of the output; None to choose it by the file's ending.
        overwrite: Whether an existing output may be replaced.
        journal: Folder and contents of the journal.
        writing: Files to write, and limits on the tags in them.
        chosen: Filter for the written tags, built from ``writing``.
        choice: Choice of the tags that the journal keeps.
        batch: Pictures per batch.
        device: Device that runs the network.
    """

    tagger: Path
    paths: Sequence[str]
    output: Path | None
    format: str | None
    overwrite: bool
    journal: "JournalOptions"
    writing: "WritingOptions"
    chosen: "TagFilter"
    choice: "TagChoice"
    batch: int
    device: str


def run_archive(given: ArchiveRun) -> None:
    """Tag pictures, write the outputs, and print a summary.

    Raises:
        LabelsphereError: If the paths, the tagger or the outputs cannot be used.
    """
    from labelsphere.archive.filtering import aliases_of
    from labelsphere.archive.sources import expand, items_of
    from labelsphere.archive.tagging import tag_archive
    from labelsphere.archive.writers import OUTPUT_WRITERS, writer_for
    from labelsphere.artefact import check_free_file
    from labelsphere.cli.output import progress, remark
    from labelsphere.errors import DataError, UsageError

    if not given.paths:
        raise UsageError("give pictures, folders, tables or tar files to tag")
    if given.output is not None:
        check_free_file(given.output, overwrite=given.overwrite or given.writing.dry_run)
    if given.output is None and given.journal.run is None:
        raise UsageError("sidecars without an --output need --run, a folder for the journal")
    writer = None
    if given.output is not None:
        writer = OUTPUT_WRITERS[f".{given.format}"] if given.format else writer_for(given.output)
    paths = expand(given.paths)
    folder = given.journal.run
    if folder is None and given.output is not None:
        folder = given.output.with_name(given.output.name + ".run")
    new = folder is None or not folder.exists()
    tagger, journal = _open(given, folder or Path())
    if given.writing.aliases:
        given = replace(given, chosen=replace(given.chosen, aliases=aliases_of(tagger.vocabulary)))
    with journal.locked():
        items = items_of(paths, remark)
        count = _count(paths)
        with progress("tagging", count) as update:
            summary, names = tag_archive(
                tagger, items, journal, given.choice, batch_size=given.batch, progress=update
            )
        if not names:
            named = ", ".join(given.paths)
            raise DataError(
                f"there are no pictures in {named}; expected files such as .jpg or .png"
            )
        _print_summary(summary, journal, names)
        if summary.unreadable < summary.pictures:
            _write(given, journal, names, writer)
            return
    if new:
        # The journal of a run without a readable picture is of no use.
        shutil.rmtree(journal.folder)
    raise DataError(
        f"no picture could be read: {summary.unreadable:,} of {summary.pictures:,} skipped"
    )


def _open(given: ArchiveRun, folder: Path) -> "tuple[Tagger, Journal]":
    """Load the tagger, and begin or continue the run."""
    from labelsphere.archive.identity import Identity
    from labelsphere.archive.journal import Journal, RunInfo
    from labelsphere.cli.output import remark
    from labelsphere.cli.tagged_output import NOT_CALIBRATED
    from labelsphere.cli.tagger_loading import load_tagger
    from labelsphere.errors import ArtefactError
    from labelsphere.tagger.devices import accelerator

    tagger = load_tagger(given.tagger)
    tagger.network.to(accelerator(given.device).device)
    calibrated = tagger.calibration is not None and not given.choice.raw
    if tagger.calibration is None and not given.choice.raw:
        remark(NOT_CALIBRATED)
    info: RunInfo = RunInfo(
        "",
        str(given.tagger.absolute()),
        Identity.of(tagger, given.tagger),
        tuple(tagger.vocabulary),
        calibrated,
        given.journal.vectors,
        given.choice,
    )
    there = (folder / "run.json").exists()
    try:
        journal = Journal.begin(folder, info)
    except ArtefactError:
        # With --overwrite the journal is replaced too, unless sidecars depend on it.
        usual = given.journal.run is None and given.overwrite and (folder / "run.json").exists()
        if not usual or any(folder.glob("sidecars-*.parquet")):
            raise
        shutil.rmtree(folder)
        return tagger, Journal.begin(folder, info)
    if there:
        remark(f"continuing the run in {folder}")
    return tagger, journal


def _count(paths: Sequence[Path]) -> int | None:
    """Count the pictures, or return None where that needs reading an archive."""
    from labelsphere.annotations.listing import list_folder
    from labelsphere.archive.sources import PARQUET_ENDINGS, TAR_ENDINGS

    count = 0
    for path in paths:
        if path.is_dir():
            count += len(list_folder(path).pictures)
        elif path.name.lower().endswith((*TAR_ENDINGS, *PARQUET_ENDINGS)):
            return None
        else:
            count += 1
    return count


def _print_summary(summary: "Summary", journal: "Journal", names: set[str]) -> None:
    from itertools import islice

    from labelsphere.archive.outputs import problems
    from labelsphere.cli.output import remark

    if summary.unreadable:
        for problem in islice(problems(journal, names), _NAMED):
            remark(f"skipped: {problem}")
        remark(
            "pictures skipped because they cannot be read: "
            f"{summary.unreadable:,} of {summary.pictures:,}"
        )
    if summary.before:
        remark(f"{summary.before:,} pictures were tagged before")
    if summary.copied:
        remark(
            f"{summary.copied:,} pictures are copies or were moved, so they are not tagged again"
        )
    rate = summary.tagged / summary.seconds if summary.seconds else 0.0
    remark(f"{summary.tagged:,} pictures tagged, {rate:,.0f} per second")


def _write(given: ArchiveRun, journal: "Journal", names: set[str], writer: object) -> None:
    from labelsphere.archive.outputs import (
        plan_output,
        plan_sidecars,
        save_sidecars,
        write_output,
    )
    from labelsphere.cli.dry_runs import print_differences, print_plans
    from labelsphere.cli.output import remark

    if given.writing.sidecars is not None:
        # Sidecars hold accepted tags only.
        sidecars = plan_sidecars(
            journal,
            given.writing.sidecars,  # type: ignore[arg-type] # checked before
            replace(given.chosen, suggested=False),
            given.writing.sidecar_names,  # type: ignore[arg-type] # checked before
            names,
        )
        if given.writing.dry_run:
            print_plans(list(sidecars))
        else:
            # Plan all sidecars before writing the first: errors appear before any change.
            changed = save_sidecars(journal, iter(list(sidecars)))
            remark(f"{changed:,} sidecars written; labelsphere untag {journal.folder} removes them")
    if given.output is not None and given.writing.dry_run:
        planned = plan_output(journal, given.output, given.chosen, names, writer)  # type: ignore[arg-type]
        print_differences(given.output, planned)
        remark(f"dry run: {given.output} is not written")
    elif given.output is not None:
        write_output(journal, given.output, given.chosen, names, writer)  # type: ignore[arg-type]
        remark(f"written to {given.output}; the journal is {journal.folder}")
