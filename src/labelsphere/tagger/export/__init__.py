"""Export of taggers to ONNX (extra ``onnx``)."""

from labelsphere.errors import MissingExtraError

try:
    import onnx  # noqa: F401
    import onnxruntime  # noqa: F401
except ImportError as error:
    raise MissingExtraError(str(error.name), "onnx") from error

from labelsphere.tagger.export.export import Exported, export_onnx
from labelsphere.tagger.export.profiles import PROFILES

__all__ = ["PROFILES", "Exported", "export_onnx"]
