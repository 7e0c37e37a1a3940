"""``labelsphere count``: co-occurrence counts of tables of tags, saved and updated."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import tables
from labelsphere.cli.options import (
    JsonOption,
    LeaveOut,
    OverwriteFolderOption,
    options_of_dataclasses,
)

if TYPE_CHECKING:
    from labelsphere.annotations import AnnotationStream, Vocabulary
    from labelsphere.space import Counts


@options_of_dataclasses
def count(
    tags: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="TAGS...",
            help="Tables of tags, or folders of saved counts. Their counts are added up.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder to write the counts to.", show_default=False)
    ] = None,
    update: Annotated[
        Path | None,
        typer.Option(
            help="Folder of saved counts to update, instead of --output.", show_default=False
        ),
    ] = None,
    subtract: Annotated[
        bool,
        typer.Option(
            "--subtract", help="With --update: subtract the images instead of adding them."
        ),
    ] = False,
    decay: Annotated[
        float | None,
        typer.Option(
            help="With --update: first multiply the saved counts by this, above 0 and at most 1.",
            show_default=False,
        ),
    ] = None,
    weighted: Annotated[
        bool,
        typer.Option(
            "--weighted",
            help="Weight each tag by its confidence. Saved counts keep their own weighting.",
        ),
    ] = False,
    split: Annotated[
        str | None,
        typer.Option(
            help="Column whose 'train' rows are counted. Default: split or subset, where the table "
            "has one. none counts all rows.",
            show_default=False,
        ),
    ] = None,
    overwrite: OverwriteFolderOption = False,
    json: JsonOption = False,
    *,
    table: Annotated[tables.TableOptions, LeaveOut(("images",))],
) -> None:
    """Count how often tags occur, alone and together.

    Tables are read in chunks: memory grows with the tags, not with the images. Without --vocabulary
    they are read twice, first to find the tags. Counts of several tables add up exactly to the
    counts of one table that holds all their rows.

    With --update, saved tags keep their order and new tags follow; an alias counts as its tag. With
    --subtract, tags that were never counted are ignored.

    Examples:
        labelsphere count tags.csv --output counts/

        labelsphere count monday.csv tuesday.csv --update counts/

        labelsphere count removed.csv --update counts/ --subtract

        labelsphere count shard1/ shard2/ --output counts/

        labelsphere embed counts/ --output space/
    """
    from labelsphere.artefact import check_free, saved_kind
    from labelsphere.cli.output import print_json
    from labelsphere.errors import UsageError
    from labelsphere.space import Counts

    target = _target(output, update)
    if update is None:
        for name, value in (("subtract", subtract), ("decay", decay is not None)):
            if value:
                raise UsageError(f"--{name} changes saved counts; give their folder with --update")
        check_free(target, overwrite=overwrite)
    if not tags and decay is None:
        raise UsageError("give one or more tables of tags, or --decay")
    counts = None if update is None else Counts.load(update)
    if counts is not None and weighted and not counts.weighted:
        raise UsageError(
            f"{update} counts images, not confidences; leave out --weighted, or count again"
        )
    if counts is not None and decay is not None:
        counts = counts.decayed(decay)
    kept: Path | Vocabulary | None = table.vocabulary
    if subtract and counts is not None:
        if table.vocabulary is not None or table.min_count > 1:
            raise UsageError(
                "--subtract uses the tags of the saved counts; leave out --vocabulary and "
                "--min-count"
            )
        kept = counts.vocabulary
    weighted = weighted or (counts is not None and counts.weighted)
    saved = [path for path in tags or [] if saved_kind(path) == "counts"]
    read = [path for path in tags or [] if path not in saved]
    new = [Counts.load(path) for path in saved]
    if read:
        stream = table.stream(
            read,
            vocabulary=kept,
            aliases={} if counts is None else counts.vocabulary.aliases,
            columns=_split_columns(split),
        )
        new.append(_count_stream(stream, weighted, split))
    for more in new:
        if counts is None:
            counts = more
        elif subtract:
            counts = counts - more.over(counts.vocabulary)
        else:
            counts = counts.joined(more)
    assert counts is not None
    counts.save(target, overwrite=overwrite or update is not None)
    if json:
        print_json(
            {
                "output": target,
                "labels": len(counts.vocabulary),
                "images": counts.n_images,
                "tags": float(counts.occurrences.sum()),
                "pairs": counts.n_pairs,
                "images_given": sum(more.n_images for more in new),
                "weighted": counts.weighted,
            }
        )
    else:
        _print(counts, target)


def _target(output: Path | None, update: Path | None) -> Path:
    from labelsphere.errors import UsageError

    if output is not None and update is not None:
        raise UsageError(
            "--output and --update contradict: give --output for new counts, or --update for "
            "saved ones"
        )
    target = output or update
    if target is None:
        raise UsageError("give --output for new counts, or --update for saved ones")
    return target


def _split_columns(split: str | None) -> tuple[str, ...]:
    """Return the columns that may hold the split."""
    from labelsphere.annotations.readers.columns import SPLIT_NAMES
    from labelsphere.annotations.splits import NO_SPLIT

    return () if split == NO_SPLIT else SPLIT_NAMES if split is None else (split,)


def _count_stream(stream: "AnnotationStream", weighted: bool, split: str | None) -> "Counts":
    """Count tables, show the progress, and print what was left out."""
    from labelsphere.annotations.splits import NO_SPLIT
    from labelsphere.cli.output import remark
    from labelsphere.cli.phases import phases
    from labelsphere.space import count_stream

    megabytes = max(1, round(stream.size / 1e6))
    with phases() as on_phase:
        stream.find_vocabulary(
            lambda done: on_phase("Finding tags, MB read", round(done / 1e6), megabytes)
        )
        done = count_stream(
            stream,
            weighted=weighted,
            split=None if split == NO_SPLIT else split,
            on_bytes=lambda done: on_phase("Counting, MB read", round(done / 1e6), megabytes),
        )
    for sentence in stream.report.remarks():
        remark(sentence)
    if done.has_split and done.split is None:
        remark("the split column has no training rows, so all rows are counted")
    elif done.split is not None and split is None:
        remark(
            f"counting the {done.counts.n_images:,.0f} of {done.images_read:,} images whose "
            f"{done.split} is train"
        )
    return done.counts


def _print(counts: "Counts", target: Path) -> None:
    from labelsphere.cli.output import print_table, remark

    print_table(
        "Counts",
        ["Labels", "Images", "Tags", "Pairs seen together"],
        [
            [
                f"{len(counts.vocabulary):,}",
                f"{counts.n_images:,.10g}",
                f"{counts.occurrences.sum():,.10g}",
                f"{counts.n_pairs:,}",
            ]
        ],
    )
    remark(f"written to {target}")
