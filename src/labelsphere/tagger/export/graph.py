"""Builder of ONNX graphs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from labelsphere.arrays import AnyArray

OPSET = 18
"""Version of the operators; ONNX Runtime and its build for browsers support all that are used."""

_IR_VERSION = 9


class Graph:
    """Builder of a graph from inputs to outputs. Values are referred to by name."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, dtype: Any, shape: Sequence[str | int]) -> str:
        """Declare an input of the graph; texts in the shape are free dimensions."""
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self._inputs.append(helper.make_tensor_value_info(name, kind, list(shape)))
        return name

    def output(self, value: str, name: str, dtype: Any, shape: Sequence[str | int]) -> None:
        """Declare a value as an output of the graph, under another name."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        self._outputs.append(helper.make_tensor_value_info(name, kind, list(shape)))

    def stored(self, name: str, array: AnyArray | float) -> str:
        """Add an initializer with a documented name; floats become float32."""
        array = np.asarray(array)
        if array.dtype.kind == "f":
            array = array.astype(np.float32)
        self._initializers.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def constant(self, value: Any) -> str:
        """Add an initializer of a small value, with a generated name."""
        return self.stored(f"constant.{len(self._initializers)}", np.asarray(value))

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output."""
        return self.nodes(operator, *inputs, outputs=1, **attributes)[0]

    def nodes(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """Add a node with several outputs."""
        name = f"{operator}.{len(self._nodes)}"
        made = [f"{name}.{number}" for number in range(outputs)]
        self._nodes.append(helper.make_node(operator, list(inputs), made, name, **attributes))
        return made

    def insert(self, network: onnx.GraphProto, value: str) -> str:
        """Add all nodes of a graph with one input and one output, and return its output.

        Args:
            network: Graph whose names must not clash with existing ones.
            value: Value that replaces its input.
        """
        renamed = {network.input[0].name: value}
        for node in network.node:
            copied = onnx.NodeProto()
            copied.CopyFrom(node)
            for place, name in enumerate(copied.input):
                copied.input[place] = renamed.get(name, name)
            self._nodes.append(copied)
        self._initializers.extend(network.initializer)
        output: str = network.output[0].name
        return output

    def model(self, name: str, metadata: dict[str, str]) -> onnx.ModelProto:
        """Build and check the model.

        Args:
            name: Name of the graph.
            metadata: Metadata of the model.
        """
        graph = helper.make_graph(
            self._nodes, name, self._inputs, self._outputs, self._initializers
        )
        model: onnx.ModelProto = helper.make_model(
            graph,
            producer_name="labelsphere",
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=_IR_VERSION,
        )
        helper.set_model_props(model, metadata)
        onnx.checker.check_model(model)
        return model
