"""``labelsphere export``: a tagger as an ONNX model for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labelsphere.cli.options import JsonOption, TaggerArgument

if TYPE_CHECKING:
    from labelsphere.annotations import Pictures

_FORMATS = ("onnx",)


def export(
    tagger: TaggerArgument,
    output: Annotated[Path, typer.Option(help="Folder to write the model to.", show_default=False)],
    to: Annotated[str, typer.Option(help="The format; onnx is the only one.")] = "onnx",
    profile: Annotated[
        str,
        typer.Option(
            help="standard (uint8 RGB in; scores and probabilities out) or wd (the layout that "
            "programs for WD taggers read)."
        ),
    ] = "standard",
    pictures: Annotated[
        Path | None,
        typer.Option(
            help="Folder of pictures on which the model is compared with the tagger. Default: some "
            "of the bundled icons.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier export.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Write a tagger as one ONNX file, with a table of its tags.

    The model holds normalisation, network, decoder and calibration. Before it is written, ONNX
    Runtime runs it on real pictures. If a probability differs by more than 0.0001 from the
    tagger's, or the first five tags of a picture differ, nothing is written.

    Examples:
        labelsphere export tagger/ --output onnx/

        labelsphere export tagger/ --profile wd --pictures photos/ --output wd/
    """
    from labelsphere.artefact import check_free
    from labelsphere.cli.output import print_json, print_table, remark
    from labelsphere.errors import UsageError
    from labelsphere.tagger import Tagger

    if to not in _FORMATS:
        raise UsageError(f"--to must be one of {', '.join(_FORMATS)}, but got {to!r}")
    check_free(output, overwrite=overwrite)
    from labelsphere.tagger.export import export_onnx

    done = export_onnx(
        Tagger.load(tagger),
        output,
        profile=profile,
        pictures=_pictures(pictures),
        overwrite=overwrite,
    )
    result = {
        "model": str(done.model),
        "tags": str(done.tags),
        "megabytes": round(done.megabytes, 2),
        "profile": profile,
        "pictures_compared": done.agreement.pictures,
        "largest_difference": done.agreement.difference,
        "same_first_tags": done.agreement.same_first,
    }
    if json:
        print_json(result)
    else:
        rows = [(k.replace("_", " "), str(v)) for k, v in result.items()]
        print_table("Exported model", ("", ""), rows)
    remark(f"written to {output}")


def _pictures(folder: Path | None) -> "Pictures | None":
    from labelsphere.annotations import PictureFiles
    from labelsphere.annotations.listing import list_folder
    from labelsphere.errors import UsageError

    if folder is None:
        return None
    if not folder.is_dir():
        raise UsageError(f"--pictures must be a folder of pictures, but got {folder}")
    return PictureFiles([folder / name for name in list_folder(folder).pictures])
