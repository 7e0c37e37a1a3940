"""Sessions run on the CPU with the number of threads that the environment gives."""

import os
import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from labelsphere.errors import MissingExtraError
from labelsphere.tagger.onnx_session import open_session


def doubling() -> bytes:
    """A model that returns its input twice as large."""
    shape = [("x", TensorProto.FLOAT, ["n"]), ("y", TensorProto.FLOAT, ["n"])]
    given, result = (helper.make_tensor_value_info(*each) for each in shape)
    graph = helper.make_graph([helper.make_node("Add", ["x", "x"], ["y"])], "g", [given], [result])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    ("given", "threads"), [("1", 1), ("3", 3), ("", os.cpu_count()), ("x", os.cpu_count())]
)
def test_threads_follow_the_environment(
    monkeypatch: pytest.MonkeyPatch, given: str, threads: int
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", given)
    session = open_session(doubling())
    assert session.get_session_options().intra_op_num_threads == threads
    assert session.get_providers() == ["CPUExecutionProvider"]
    (found,) = session.run(None, {"x": np.array([1.5, -2.0], np.float32)})
    assert found.tolist() == [3.0, -4.0]


def test_a_missing_package_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r"labelsphere\[onnx\]"):
        open_session(b"")
