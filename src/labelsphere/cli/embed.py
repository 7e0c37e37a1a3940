"""``labelsphere embed``: a label space from a table of tags."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli import tables

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.space import LabelSpace


def embed(
    tags: tables.TagsArgument,
    output: Annotated[
        Path, typer.Option(help="Folder to write the label space to.", show_default=False)
    ],
    method: Annotated[
        str, typer.Option(help="Measure of association: pmi, shifted, smoothed or npmi.")
    ] = "pmi",
    dim: Annotated[
        int | None,
        typer.Option(
            help="Number of dimensions, at most the positive eigenvalues; by default all of these "
            "up to 4,096.",
            show_default=False,
        ),
    ] = None,
    exponent: Annotated[
        float, typer.Option(help="Exponent of the eigenvalues; 0.5 is the paper's.")
    ] = 0.5,
    shift: Annotated[
        float | None,
        typer.Option(
            help="For shifted: how many times as often as by chance a pair must occur; 5.",
            show_default=False,
        ),
    ] = None,
    smoothing: Annotated[
        float | None,
        typer.Option(
            help="For smoothed: images with every label that are imagined; 1.",
            show_default=False,
        ),
    ] = None,
    weighted: Annotated[
        bool, typer.Option("--weighted", help="Count an image by its tags' confidence.")
    ] = False,
    split: Annotated[
        str | None,
        typer.Option(
            help="Column whose 'train' rows are counted; 'split' where the table has it.",
            show_default=False,
        ),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option(
            help="Column whose equal values are variants of one image: the first is counted.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output folder if it has contents.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    format: tables.FormatOption = None,
    separator: tables.SeparatorOption = None,
    image_column: tables.ImageColumnOption = None,
    tag_column: tables.TagColumnOption = None,
    min_count: tables.MinCountOption = 1,
    min_confidence: tables.MinConfidenceOption = 0.0,
    vocabulary: tables.VocabularyOption = None,
    label_names: tables.LabelNamesOption = None,
) -> None:
    """Fit a label space to a table of tags.

    Counts how often tags occur together, and places tags that do so near each other. Pictures are
    not opened.

    Examples:
        labelsphere embed tags.csv --output space/

        labelsphere embed icons.parquet --dim 1024 --group base_id --output space/
    """
    from labelsphere.artefact import check_free
    from labelsphere.cli.output import print_json
    from labelsphere.space import LabelSpace, count_cooccurrence

    check_free(output, overwrite=overwrite)
    annotations = tables.read_table(
        tags,
        format=format,
        separator=separator,
        image_column=image_column,
        tag_column=tag_column,
        min_count=min_count,
        min_confidence=min_confidence,
        vocabulary=vocabulary,
        label_names=label_names,
    )
    counted = _training_rows(annotations, split)
    if group is not None:
        counted = counted.one_per_group(group)
    options = {
        name: value
        for name, value in (("shift", shift), ("smoothing", smoothing))
        if value is not None
    }
    counts = count_cooccurrence(counted, weighted=weighted)
    space = LabelSpace.fit(counts, method, dim, exponent, **options)
    space.save(output, overwrite=overwrite)
    if json:
        print_json({"output": output, **_figures(space), **space.config})
    else:
        _print(space, output)


def _training_rows(annotations: "Annotations", split: str | None) -> "Annotations":
    """The images to count; says on stderr which where the user did not."""
    from labelsphere.cli.output import remark

    if split is not None:
        return annotations.select(annotations.rows_where(split, "train"))
    if "split" not in annotations.columns.columns:
        return annotations
    if "train" not in annotations.column("split"):
        remark("no row of the column split says train: all rows are counted")
        return annotations
    chosen = annotations.select(annotations.rows_where("split", "train"))
    remark(
        f"counting the {chosen.n_images:,} of {annotations.n_images:,} images whose split is train"
    )
    return chosen


def _figures(space: "LabelSpace") -> dict[str, int]:
    return {"labels": space.n_labels, "placed": int(space.placed.sum()), "dim": space.dim}


def _print(space: "LabelSpace", output: Path) -> None:
    from labelsphere.cli.output import print_table, remark

    share = space.config["positive_share"]
    print_table(
        "Label space",
        ["Labels", "Placed", "Images", "Pairs seen together", "Dimensions", "Spectrum held"],
        [
            [
                *(f"{space.n_labels:,}", f"{space.placed.sum():,}"),
                *(f"{space.config['images']:,.0f}", f"{space.config['pairs']:,}"),
                *(f"{space.dim:,}", "not known" if share is None else f"{share:.2%}"),
            ]
        ],
        ["Spectrum held: share of the squared positive eigenvalues that the dimensions keep."],
    )
    unplaced = space.n_labels - int(space.placed.sum())
    if unplaced:
        remark(
            f"{unplaced:,} labels have no place: no counted image has them, all images have them, "
            "or the dimensions kept hold nothing of them"
        )
    remark(f"written to {output}")
