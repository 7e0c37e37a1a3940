"""What is said while a network trains."""

import numpy as np
import pytest

from labelsphere.cli.training_progress import TrainingTeller, left_out
from labelsphere.tagger import TrainingSettings
from labelsphere.tagger.training_rows import TrainingRows


def test_a_step_tells_loss_and_rate_and_then_speed() -> None:
    told: list[tuple[object, ...]] = []
    settings = TrainingSettings(rate=0.5, schedule="cosine", warmup=0.0, batch_size=4)
    watch = TrainingTeller(lambda *said: told.append(said), settings).watch()
    assert watch.on_step is not None
    for step, loss in enumerate([4.0, 2.0], start=1):
        watch.on_step(step, 2, loss)
    assert told[0] == ("training", 1, 2, "loss 4, rate 0.5")
    assert told[1][:3] == ("training", 2, 2)
    # Mean of both losses; half way down a cosine.
    assert str(told[1][3]).startswith("loss 3, rate 0.25, ")
    assert str(told[1][3]).endswith(" images/s")


def test_a_validation_tells_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    watch = TrainingTeller(lambda *_: None, TrainingSettings()).watch()
    assert watch.on_validation is not None
    keys = ("map@100", "weighted_map@100", "precision@1", "recall@10", "ndcg@5")
    values = {key: number / 10 for number, key in enumerate(keys)}
    watch.on_validation(2.5, {"step": 1250, "values": values})
    assert capsys.readouterr().err == (
        "epoch 2.5, step 1,250, validation: map@100 0.0000, weighted_map@100 0.1000, "
        "precision@1 0.2000, recall@10 0.3000\n"
    )


def test_reasons_that_took_no_image_are_not_told() -> None:
    none = np.array([], np.int64)
    assert left_out(TrainingRows(none, none, 0, 0)) == []
    assert left_out(TrainingRows(none, none, 2, 0, 1)) == [
        (2, "no known tag"),
        (1, "no tag with a place in the label space"),
    ]
