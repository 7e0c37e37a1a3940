"""Loading and saving for verbs that take a label space or a tagger."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from labelsphere.space import LabelSpace
    from labelsphere.tagger import Tagger

SpaceArgument = Annotated[
    Path, typer.Argument(metavar="SPACE", help="Folder of a label space.", show_default=False)
]
SpaceOrTaggerArgument = Annotated[
    Path,
    typer.Argument(
        metavar="SPACE|TAGGER", help="Folder of a label space or of a tagger.", show_default=False
    ),
]


def load_space_or_tagger(folder: Path) -> "tuple[LabelSpace, Tagger | None]":
    """Load a label space, and the tagger that it belongs to if the folder holds one.

    Raises:
        ArtefactError: If the folder is neither.
        UsageError: If the tagger has no label space.
    """
    from labelsphere.artefact import saved_kind
    from labelsphere.errors import UsageError
    from labelsphere.space import LabelSpace

    if saved_kind(folder) != "tagger":
        return LabelSpace.load(folder), None
    from labelsphere.tagger import Tagger

    tagger = Tagger.load(folder)
    if tagger.space is None:
        raise UsageError(
            f"the tagger in {folder} was trained without a label space, so its labels are fixed"
        )
    return tagger.space, tagger


def save_with_space(
    space: "LabelSpace", tagger: "Tagger | None", output: Path, *, overwrite: bool
) -> None:
    """Save the space, or the tagger with its space replaced by this one.

    Raises:
        ArtefactError: If the folder is in use.
        UsageError: If the tagger cannot use this space.
    """
    if tagger is None:
        space.save(output, overwrite=overwrite)
    else:
        tagger.with_space(space).save(output, overwrite=overwrite)
