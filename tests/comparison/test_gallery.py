"""What opens the demo's report: test pictures with the tags that the tagger gives them."""

from collections.abc import Callable

import numpy as np

from labelsphere.annotations import Annotations, find_split
from labelsphere.comparison.gallery import gallery
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.pipeline import run_training
from labelsphere.tagger.plan import TrainingPlan


def test_pictures_are_shown_with_the_tagger_s_tags(
    coloured_squares: Callable[..., Annotations],
) -> None:
    tags = coloured_squares(120)
    assert tags.pictures is not None
    inputs = ImageInputs(tags.pictures, 24)
    plan = TrainingPlan(
        Architecture("resnet10t", {"channels": [8, 8, 8, 8]}, "logistic"),
        TrainingSettings(epochs=8, batch_size=20, rate=0.01),
        inputs,
        find_split(tags),
        method="logistic",
    )
    trained = run_training(plan, tags, Tagger)
    done: list[tuple[int, int]] = []
    page = gallery(trained, tags, inputs, 3, progress=lambda *said: done.append(said))
    test = trained.rows.test
    assert done[-1] == (len(test), len(test))
    (section,) = page.sections
    assert len(section.gallery) == 3
    for row in section.gallery:
        number = tags.image_ids.index(row.heading.title)
        assert number in test
        assert (row.heading.picture or "").startswith("data:image/png;base64,")
        (predicted,) = trained.tagger.tag_inputs(inputs, 5, rows=np.array([number]))
        assert max(tag.probability or 0 for tag in predicted) >= 0.5
        shown = [(item.text, item.remark, item.marked) for item in row.cells[0].items]
        assert shown == [(t.label, f"{t.probability:.0%}", bool(t.accepted)) for t in predicted]
    quality = trained.report.quality
    assert quality is not None
    assert f"For {quality.values['precision@1'].value:.0%} of {len(test)} test icons" in page.lead
    # None where there is nothing to show.
    assert gallery(trained, tags, inputs, 0).sections[0].gallery == ()
