"""A training on all rows as they are: nothing split, standardised, chosen or fitted afterwards."""

from labelsphere.annotations import Annotations
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.inputs import Inputs
from labelsphere.tagger.label_context import LabelContext


def train_on_all(
    tags: Annotations,
    space: LabelSpace | None = None,
    *,
    backbone: Architecture,
    inputs: Inputs,
    settings: TrainingSettings,
    group: str | None = None,
) -> Tagger:
    """A tagger fitted to every row."""
    counted = tags if group is None else tags.one_per_group(group)
    labels = LabelContext.of(counted, space)
    tagger = Tagger(backbone, labels, inputs.settings(), inputs.sample_shape, seed=settings.seed)
    tagger.fit(tags, inputs, settings, group=group)
    return tagger
