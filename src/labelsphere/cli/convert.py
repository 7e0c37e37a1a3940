"""``labelsphere convert``: a table of tags in another format."""

from pathlib import Path
from typing import Annotated

import typer

from labelsphere.annotations.writers import WRITERS
from labelsphere.cli import tables
from labelsphere.cli.options import JsonOption, options_of_dataclasses

_FORMATS = "; ".join(f"{name}: {writer.description}" for name, writer in WRITERS.items())


@options_of_dataclasses
def convert(
    tags: tables.TagsArgument,
    output: Annotated[Path, typer.Option(help="The file or folder to write.", show_default=False)],
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help=f"{_FORMATS}. Default: by the ending of the output.",
            show_default=False,
        ),
    ] = None,
    pictures: Annotated[
        bool,
        typer.Option("--pictures", help="Copy the pictures into the output folder."),
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output if it exists.")
    ] = False,
    json: JsonOption = False,
    *,
    table: tables.TableOptions,
) -> None:
    """Write a table of tags in another format.

    Confidences and known absences are kept where the format can hold them; a message counts those
    that are lost.

    Examples:
        labelsphere convert tags.csv --to fiftyone --output dataset/ --pictures

        labelsphere convert coco.json --output tags.parquet

        labelsphere convert tags.jsonl --to one-hot --output matrix.csv
    """
    from labelsphere.annotations.writing import check_writable
    from labelsphere.cli.output import print_json, print_table, remark
    from labelsphere.errors import UsageError

    # --overwrite never replaces the input.
    if output.resolve() == tags.resolve():
        raise UsageError(f"{output} is the input; name another output")
    name = check_writable(output, format=to, overwrite=overwrite)
    annotations = table.read(tags)
    notes = annotations.write(output, format=to, pictures=pictures, overwrite=overwrite)
    absences = 0 if annotations.absent is None else int(annotations.absent.nnz)
    counts = {
        "images": annotations.n_images,
        "labels": annotations.n_labels,
        "tags": int(annotations.matrix.nnz),
        "known_absences": absences,
    }
    if json:
        print_json({"output": output, "format": name, **counts, "notes": notes})
        return
    print_table(
        f"Written as {name}",
        ["Images", "Labels", "Tags", "Known absences"],
        [[f"{value:,}" for value in counts.values()]],
    )
    for note in notes:
        remark(note)
    remark(f"written to {output}")
