"""``labelsphere map``: a picture or a page of a label space."""

from pathlib import Path
from typing import Annotated

import typer

from labelsphere.cli.options import OverwriteFileOption
from labelsphere.cli.spaces import SpaceArgument


def map(  # noqa: A001 - the verb's name
    space: SpaceArgument,
    output: Annotated[Path, typer.Option(help="File to write: .png or .html.", show_default=False)],
    method: Annotated[
        str,
        typer.Option(help="umap (needs: pip install 'labelsphere[umap]'), or pca."),
    ] = "umap",
    names: Annotated[int, typer.Option(help="Largest number of names in a .png.", min=0)] = 150,
    seed: Annotated[int, typer.Option(help="Random seed of the colours and of UMAP.")] = 0,
    overwrite: OverwriteFileOption = False,
) -> None:
    """Draw a map of a label space: labels that occur together are near each other.

    The page shows the nearest labels of the one under the pointer, has a search field, and loads
    nothing from the network.

    Examples:
        labelsphere map space/ --output map.html

        labelsphere map space/ --output map.png --method pca
    """
    from labelsphere.artefact import check_free_file, new_file
    from labelsphere.cli.output import remark
    from labelsphere.errors import UsageError
    from labelsphere.space import LabelSpace
    from labelsphere.space.map import map_page, map_picture, project

    ending = output.suffix.lower()
    if ending not in (".png", ".html"):
        raise UsageError(f"--output must end in .png or .html, but got {output.name}")
    check_free_file(output, overwrite=overwrite)
    chart = project(LabelSpace.load(space), method, seed=seed)
    with new_file(output) as temporary:
        if ending == ".png":
            temporary.write_bytes(map_picture(chart, names))
        else:
            title = f"Label space {space.resolve().name}"
            temporary.write_text(map_page(chart, title), encoding="utf-8")
    remark(f"{len(chart.names):,} labels written to {output}")
