"""An exported model answers as the tagger does; one that does not is not written."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

from labelsphere.annotations import Annotations, PictureFiles
from labelsphere.errors import ArtefactError, DataError, UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.calibration import calibrate
from labelsphere.tagger.export import export_onnx
from labelsphere.tagger.export.graph import Graph
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.inputs.decoding import decode_picture
from labelsphere.tagger.label_context import LabelContext

DECODED = [
    ("sphere", None),
    ("cosine", None),
    ("posterior", None),
    ("cosine", "sphere"),
    ("logistic", None),
    ("logistic", "conse"),
]


def run(folder: Path, output: str, pixels: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    name = session.get_inputs()[0].name
    found: np.ndarray = session.run([output], {name: pixels})[0]
    return found


def squares_of(tags: Annotations, rows: range, size: int = 32) -> np.ndarray:
    assert tags.pictures is not None
    return np.stack([decode_picture(tags.pictures.read(row), size) for row in rows])


@pytest.mark.parametrize(("objective", "decoder"), DECODED)
def test_scores_are_the_taggers(
    squares: Annotations,
    make_tagger: Callable[..., Tagger],
    tmp_path: Path,
    objective: str,
    decoder: str | None,
) -> None:
    tagger = make_tagger(objective, decoder)
    done = export_onnx(tagger, tmp_path / "out", pictures=squares.pictures)
    assert done.agreement.pictures == done.agreement.same_first == 480
    assert done.agreement.difference < 1e-4
    assert squares.pictures is not None
    tagger.precision = "float32"
    expected = tagger.scores(ImageInputs(squares.pictures, 32), np.arange(5)).rows(0, 5)
    for count in (1, 5):
        found = run(tmp_path / "out", "scores", squares_of(squares, range(count)))
        np.testing.assert_allclose(found, expected[:count], rtol=1e-4, atol=1e-4)


def test_probabilities_and_thresholds_are_the_calibrations(
    squares: Annotations, calibrated: Tagger, tmp_path: Path
) -> None:
    export_onnx(calibrated, tmp_path / "out", pictures=squares.pictures)
    assert squares.pictures is not None
    inputs = ImageInputs(squares.pictures, 32)
    calibrated.precision = "float32"
    scores = calibrated.scores(inputs).rows(0, 480)
    calibration = calibrated.calibration
    assert calibration is not None
    found = run(tmp_path / "out", "probabilities", squares_of(squares, range(480)))
    np.testing.assert_allclose(found, calibration.probabilities(scores), atol=1e-4)
    metadata = onnxruntime.InferenceSession(tmp_path / "out/model.onnx").get_modelmeta()
    kept = metadata.custom_metadata_map
    assert json.loads(kept["labels"]) == list(calibrated.vocabulary)
    assert json.loads(kept["preparation"]) == calibrated.preparation
    thresholds = json.loads(kept["thresholds"])
    accept = [np.inf if value is None else value for value in thresholds["accept"]]
    np.testing.assert_array_equal(accept, calibration.accept)
    with (tmp_path / "out/tags.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == list(calibrated.vocabulary)
    assert [int(row["count"]) for row in rows] == calibrated.labels.counts.tolist()
    assert [float(row["accept"]) for row in rows] == calibration.accept.tolist()


def test_labels_added_after_training_are_exported_too(
    squares: Annotations, make_tagger: Callable[..., Tagger], tmp_path: Path
) -> None:
    tagger = make_tagger("sphere")
    assert tagger.space is not None
    grown = tagger.with_space(tagger.space.place("crimson", {"red": 30, "warm": 20}, images=40))
    grown.calibration = None
    done = export_onnx(grown, tmp_path / "out", pictures=squares.pictures)
    assert done.agreement.same_first == 480
    found = run(tmp_path / "out", "scores", squares_of(squares, range(5)))
    assert found.shape == (5, len(tagger.vocabulary) + 1)
    assert np.isfinite(found[:, -1]).all()


def test_the_wd_profile_takes_bgr_and_moves_thresholds_to_35_percent(
    squares: Annotations, calibrated: Tagger, tmp_path: Path
) -> None:
    export_onnx(calibrated, tmp_path / "out", profile="wd", pictures=squares.pictures)
    session = onnxruntime.InferenceSession(tmp_path / "out/model.onnx")
    (given,) = session.get_inputs()
    assert (given.name, given.type, given.shape[1:]) == ("input", "tensor(float)", [32, 32, 3])
    assert [output.name for output in session.get_outputs()] == ["output"]
    # As such programs do: RGB to BGR, float32, no normalisation.
    bgr = squares_of(squares, range(480))[..., ::-1].astype(np.float32)
    found = session.run(["output"], {"input": bgr})[0]
    assert (found[:, :4] == 0).all()
    calibration = calibrated.calibration
    assert calibration is not None
    assert squares.pictures is not None
    calibrated.precision = "float32"
    likely = calibration.probabilities(
        calibrated.scores(ImageInputs(squares.pictures, 32)).rows(0, 480)
    )
    clear = np.abs(likely - calibration.accept) > 1e-3
    assert clear.mean() > 0.9
    np.testing.assert_array_equal(
        (found[:, 4:] >= 0.35)[clear], (likely >= calibration.accept)[clear]
    )
    with (tmp_path / "out/selected_tags.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["tag_id", "name", "category", "count"]
    assert [row[1:3] for row in rows[1:5]] == [
        [name, "9"] for name in ("general", "sensitive", "questionable", "explicit")
    ]
    assert [row[1] for row in rows[5:]] == list(calibrated.vocabulary)
    assert found.shape[1] == len(rows) - 1


def test_the_wd_profile_refuses_what_its_programs_cannot_read(
    make_tagger: Callable[..., Tagger], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="needs the thresholds of a calibrated tagger"):
        export_onnx(make_tagger("sphere"), tmp_path / "out", profile="wd")
    assert not (tmp_path / "out").exists()


def test_the_vocabulary_can_be_edited_in_the_file(
    squares: Annotations, make_tagger: Callable[..., Tagger], tmp_path: Path
) -> None:
    tagger = make_tagger("cosine")
    export_onnx(tagger, tmp_path / "out", pictures=squares.pictures)
    before = run(tmp_path / "out", "scores", squares_of(squares, range(4)))
    model = onnx.load(tmp_path / "out/model.onnx")
    kept = [2, 0, 5]
    for tensor in model.graph.initializer:
        if tensor.name in ("decoder.vectors", "decoder.bias"):
            array = numpy_helper.to_array(tensor)[kept]
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    for output in model.graph.output:
        output.type.tensor_type.shape.dim[1].dim_value = len(kept)
    onnx.save(model, tmp_path / "out/model.onnx")
    after = run(tmp_path / "out", "scores", squares_of(squares, range(4)))
    np.testing.assert_allclose(after, before[:, kept], rtol=1e-5, atol=1e-6)


def test_a_model_that_answers_otherwise_is_not_written(
    squares: Annotations,
    make_tagger: Callable[..., Tagger],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = Graph.stored

    def wrong(graph: Graph, name: str, array: np.ndarray) -> str:
        return stored(graph, name, array * 1.01 if name == "preparation.scale" else array)

    monkeypatch.setattr(Graph, "stored", wrong)
    with pytest.raises(ArtefactError, match=r"disagrees with .* nothing is written"):
        export_onnx(make_tagger("cosine"), tmp_path / "out", pictures=squares.pictures)
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_exported_is_refused(
    make_tagger: Callable[..., Tagger], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="PursuitDecoder cannot be exported"):
        export_onnx(make_tagger("cosine", "omp"), tmp_path / "out")
    with pytest.raises(UsageError, match="profile must be one of standard, wd"):
        export_onnx(make_tagger("cosine"), tmp_path / "out", profile="coreml")
    missing = PictureFiles([tmp_path / "missing.png"])
    with pytest.raises(DataError, match="none of the 1 pictures can be read"):
        export_onnx(make_tagger("cosine"), tmp_path / "out", pictures=missing)
    assert not (tmp_path / "out").exists()
    export_onnx(make_tagger("cosine"), tmp_path / "out")
    with pytest.raises(ArtefactError, match="not empty"):
        export_onnx(make_tagger("cosine"), tmp_path / "out")
    export_onnx(make_tagger("cosine"), tmp_path / "out", overwrite=True)


def test_the_papers_network_answers_alike(squares: Annotations, tmp_path: Path) -> None:
    rows = np.arange(40)
    some = squares.select(rows)
    assert some.pictures is not None
    inputs = ImageInputs(some.pictures, 96)
    tagger = Tagger(
        Architecture("inception_v3", objective="cosine"),
        LabelContext.of(some, LabelSpace.fit(some, dim=3)),
        inputs.settings(),
        inputs.sample_shape,
    )
    tagger.fit(some, inputs, TrainingSettings(steps=3, batch_size=10, rate=1e-3), device="cpu")
    scores = tagger.scores(inputs)
    tagger.calibration = calibrate(
        scores, some.matrix, names=tuple(tagger.vocabulary), counts=tagger.labels.counts
    )
    done = export_onnx(tagger, tmp_path / "out", pictures=some.pictures.select(rows[:10]))
    assert done.agreement.same_first == 10
    assert done.agreement.difference < 1e-4
