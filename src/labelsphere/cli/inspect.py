"""``labelsphere inspect``: statistics of a tag table, and every problem in it."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import tables
from labelsphere.cli.options import JsonOption, options_of_dataclasses

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations, Problem

_LONGEST = 200
"""Letters of an example that are shown; --json shows all."""


@options_of_dataclasses
def inspect(
    tags: tables.TagsArgument,
    pictures: Annotated[
        bool, typer.Option("--pictures/--no-pictures", help="Open every picture to check it.")
    ] = True,
    examples: Annotated[
        int, typer.Option(help="Number of examples of each problem; 0 for all.", min=0)
    ] = 10,
    synonyms: Annotated[
        Path | None,
        typer.Option(
            help="Write labels that differ only in case, accents, hyphens or blanks to this CSV, "
            "each with its most frequent spelling. Check the file, then give it to labelsphere "
            "revise.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file of --synonyms if it exists.")
    ] = False,
    json: JsonOption = False,
    *,
    table: tables.TableOptions,
) -> None:
    """Describe a table of tags and list every problem in it.

    Prints the statistics of the paper's Table 1 and what was left out, then the problems:
    images that are missing or cannot be opened, images without tags, image ids given twice, labels
    on a single image, and labels that may be one label in two spellings.

    Examples:
        labelsphere inspect tags.csv --images photos/

        labelsphere inspect icons.parquet --no-pictures --json

        labelsphere inspect tags.csv --synonyms synonyms.csv
    """
    from labelsphere.annotations import find_problems, table_statistics
    from labelsphere.artefact import check_free_file
    from labelsphere.cli.arguments import option_names
    from labelsphere.cli.output import print_json, progress

    if synonyms is not None:
        check_free_file(synonyms, overwrite=overwrite)

    annotations = table.read(tags, untagged=True, quiet=json)
    if pictures and annotations.pictures is not None:
        with progress("Opening pictures", annotations.n_images) as update:
            problems = find_problems(annotations, examples=examples or None, progress=update)
    else:
        problems = find_problems(annotations, False, examples=examples or None)
    if synonyms is not None:
        _write_synonyms(annotations, synonyms)
    if json:
        print_json(
            {
                "statistics": asdict(table_statistics(annotations)),
                "report": asdict(annotations.report)
                | {"notes": [option_names(note) for note in annotations.report.notes]},
                "pictures_checked": pictures and annotations.pictures is not None,
                "columns": annotations.columns.columns,
                "problems": [asdict(problem) for problem in problems],
            }
        )
    else:
        _print(annotations, problems)


def _short(example: str) -> str:
    """Cut an example to one line of limited length."""
    from labelsphere.cli.output import escaped

    text = escaped(example)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _write_synonyms(annotations: "Annotations", path: Path) -> None:
    """Write labels and their most frequent spelling, in the format of `Revision.read`."""
    import csv

    from labelsphere.annotations.spelling import similar_spellings
    from labelsphere.artefact import new_file
    from labelsphere.cli.output import remark

    pairs = similar_spellings(annotations.vocabulary.names, annotations.label_counts())
    same = [(pair.other, pair.label) for pair in pairs if pair.likeness == "same letters"]
    with new_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("tag", "becomes"), *same])
    remark(f"{len(same):,} labels that are another label in a different spelling: {path}")


def _print(annotations: "Annotations", problems: "list[Problem]") -> None:
    from labelsphere.annotations import table_statistics
    from labelsphere.cli.arguments import option_names
    from labelsphere.cli.output import print_line, print_table

    statistics = table_statistics(annotations)
    print_table(
        "",
        ["Classes", "Images", "Average labels per image", "Median occurrences per class"],
        [
            [
                f"{statistics.labels:,}",
                f"{statistics.images:,}",
                f"{statistics.labels_per_image:.2f}",
                f"{statistics.median_occurrences:g}",
            ]
        ],
        ["Images with at least one tag; classes on at least one image (the paper's Table 1)."],
    )
    if annotations.pictures is None:
        why = annotations.report.no_pictures
        print_line(f"\n{why[0].upper()}{why[1:]}; if there are any, give their folder: --images.")
    for problem in problems:
        print_line(f"\n{option_names(problem.message)}:")
        for example in problem.examples:
            print_line(f"  {_short(example)}")
        if problem.count > len(problem.examples):
            print_line(f"  … and {problem.count - len(problem.examples):,} more")
    if not problems:
        print_line("\nNo problems found.")
