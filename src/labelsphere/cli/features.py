"""``labelsphere features``: features of a table's pictures from a pretrained backbone."""

from pathlib import Path
from typing import Annotated

import typer

from labelsphere.cli import inputs as fed
from labelsphere.cli import tables
from labelsphere.cli.options import (
    JsonOption,
    LeaveOut,
    OverwriteFileOption,
    options_of_dataclasses,
)
from labelsphere.tagger.inputs.decoding import FITS

_SIZE = 128
_NAMED = 10


@options_of_dataclasses
def features(
    tags: tables.TagsArgument,
    output: Annotated[
        Path,
        typer.Option(help="File to write the features to, ending in .npy.", show_default=False),
    ],
    backbone: Annotated[
        str | None,
        typer.Option(
            help="A timm model. Default: the one that the weights belong to, or "
            "tf_efficientnet_lite0.",
            show_default=False,
        ),
    ] = None,
    pretrained: Annotated[
        str,
        typer.Option(
            metavar="WEIGHTS",
            help="auto, hub, lite0, lite2, none, or the path of a checkpoint.",
        ),
    ] = "auto",
    image_size: Annotated[
        int, typer.Option(help="Side of the square that pictures are resized to, in pixels.", min=1)
    ] = _SIZE,
    fit: Annotated[
        str, typer.Option(help=f"How a picture is made square. One of: {', '.join(FITS)}.")
    ] = "pad",
    half: Annotated[
        bool,
        typer.Option("--half", help="Write float16 instead of float32, which halves the file."),
    ] = False,
    cache: Annotated[
        Path | None,
        typer.Option(
            help="Folder in which computed features are kept. Default: one beside the table, or "
            "the user's cache folder.",
            show_default=False,
        ),
    ] = None,
    overwrite: OverwriteFileOption = False,
    json: JsonOption = False,
    device: fed.DeviceOption = "auto",
    *,
    table: Annotated[tables.TableOptions, LeaveOut(("min_count", "min_confidence", "vocabulary"))],
) -> None:
    """Compute the features of a table's pictures with a pretrained backbone.

    Writes one row per row of the table. The row of a picture that cannot be read is all NaN;
    train and compare leave it out. Features are cached, and computed only for new pictures, weights
    or preparations. An interrupted run continues when the same command is given again.

    Examples:
        labelsphere features tags.csv --output vectors.npy

        labelsphere features photos/ --backbone resnet50 --image-size 224 --output vectors.npy
    """
    import numpy as np

    from labelsphere.artefact import check_free_file, new_file
    from labelsphere.cli.output import print_json, print_table, remark
    from labelsphere.cli.phases import phases
    from labelsphere.errors import UsageError
    from labelsphere.tagger.features import feature_cache, frozen_features
    from labelsphere.tagger.inputs import ImageInputs
    from labelsphere.tagger.pretrained import resolve_pretrained

    if output.suffix != ".npy":
        raise UsageError(f"--output must end in .npy, but got {output}")
    check_free_file(output, overwrite=overwrite)
    weights = resolve_pretrained(pretrained, backbone)
    annotations = table.read(tags)
    pictures = annotations.require_pictures(vectors=False)
    remark(f"weights: {weights.description}")
    mean, std = weights.normalisation
    inputs = ImageInputs(pictures, image_size, fit, mean=mean, std=std, memory_limit=0)
    kept = feature_cache(tags) if cache is None else cache
    with phases() as on_phase:
        found = frozen_features(
            inputs,
            weights,
            kept,
            device=device,
            progress=lambda done, total: on_phase("computing features", done, total),
        )
    matrix = found.matrix.astype(np.float16) if half else found.matrix
    if half and np.isinf(matrix).any():
        raise UsageError("some features are too large for float16; leave out --half")
    with new_file(output) as temporary, temporary.open("wb") as file:
        np.save(file, matrix, allow_pickle=False)
    missing = np.flatnonzero(~found.usable())
    for row in missing[:_NAMED].tolist():
        remark(f"cannot be read: {pictures.name(row)}")
    result = {
        "pictures": len(matrix),
        "unreadable": len(missing),
        "width": matrix.shape[1],
        "type": str(matrix.dtype),
        "backbone": weights.backbone,
        "weights": weights.name,
        "image_size": image_size,
        "cache": str(kept),
        "output": str(output),
    }
    if json:
        print_json(result)
    else:
        print_table("Features", ("", ""), [(k.replace("_", " "), v) for k, v in result.items()])
    remark(f"written to {output}")
