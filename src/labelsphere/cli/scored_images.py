"""The images on which a saved tagger is measured or calibrated."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from labelsphere.cli.inputs import InputOptions
from labelsphere.cli.tables import TableOptions

if TYPE_CHECKING:
    from labelsphere.annotations import Annotations
    from labelsphere.arrays import IntArray
    from labelsphere.cli.phases import OnPhase
    from labelsphere.tagger import Tagger
    from labelsphere.tagger.inputs import Inputs


@dataclass(frozen=True)
class ScoredOptions(InputOptions):
    """Options of the images to score.

    Attributes:
        split: Column that names train, val and test images. Default: the split that training made
            of this table, if it made one, else 'split', where the table has it.
        group: Column whose equal values mark variants of one image: the first is scored.
    """

    split: str | None = field(default=None)
    group: str | None = field(default=None)


@dataclass(frozen=True)
class ScoredImages:
    """A tagger, and images to score with it.

    Attributes:
        tagger: On the device that the options name.
        tags: Annotations over the tagger's labels.
        inputs: One a row of ``tags``.
        rows: Rows that are scored, int64.
        unreadable: Rows left out because they cannot be read.
        part: ``"train"``, ``"val"``, ``"test"`` or ``"all"``.
    """

    tagger: "Tagger"
    tags: "Annotations"
    inputs: "Inputs"
    rows: "IntArray"
    unreadable: int
    part: str


def read_scored(
    tagger: "Tagger",
    tags: Path,
    table: TableOptions,
    options: ScoredOptions,
    part: str | None,
    *,
    default: str,
    on_phase: "OnPhase",
) -> ScoredImages:
    """Read a table and choose the images to score.

    Args:
        tagger: A saved tagger.
        tags: The table.
        table: How the table is read.
        options: Which images, and how they are fed to the network.
        part: As the user gave it: ``"train"``, ``"val"``, ``"test"``, ``"all"`` or None.
        default: The split to score where the user gave none and the table has one.
        on_phase: Called with the progress.

    Raises:
        UsageError: If an option is wrong.
        DataError: If the table cannot be used, or no image can be read.
    """
    from labelsphere.cli.output import remark
    from labelsphere.tagger.trained_split import TrainedSplit, scored_split
    from labelsphere.tagger.training_rows import choose_scored_rows

    annotations = table.read(tags, vocabulary=tagger.vocabulary)
    inputs = options.prepared(tagger, annotations)
    split = scored_split(annotations, tagger.split, options.split)
    chosen = part or ("all" if split is None else default)
    if chosen != "all" and isinstance(split, TrainedSplit):
        remark(f"the {chosen} images are those of the split that training made")
    rows, unreadable = choose_scored_rows(
        annotations,
        inputs,
        split=split,
        part=None if chosen == "all" else chosen,
        group=options.group,
        progress=partial(on_phase, "reading inputs"),
    )
    return ScoredImages(tagger, annotations, inputs, rows, unreadable, chosen)
