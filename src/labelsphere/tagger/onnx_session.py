"""Sessions of ONNX Runtime on the CPU, without PyTorch."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from labelsphere.errors import MissingExtraError

if TYPE_CHECKING:
    import onnxruntime


def open_session(model: bytes | Path) -> "onnxruntime.InferenceSession":
    """Open a session on the CPU.

    Like PyTorch, it uses OMP_NUM_THREADS threads, or one per core.

    Args:
        model: A model's bytes, or its path.

    Raises:
        MissingExtraError: If ONNX Runtime is not installed (extra ``onnx``).
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError("onnxruntime", "onnx") from error
    options = onnxruntime.SessionOptions()
    given = os.environ.get("OMP_NUM_THREADS", "")
    threads = int(given) if given.isdigit() else 0
    options.intra_op_num_threads = threads or os.cpu_count() or 1
    # Spinning threads would take the CPU from threads that decode pictures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
