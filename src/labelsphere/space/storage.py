"""Read what saved label spaces and counts share: labels in their order, and arrays."""

from collections.abc import Sequence
from pathlib import Path

from safetensors import SafetensorError
from safetensors.numpy import load_file

from labelsphere.annotations import Vocabulary
from labelsphere.annotations.label_table import read_labels
from labelsphere.arrays import AnyArray, IntArray
from labelsphere.errors import ArtefactError


def read_checked_labels(folder: Path, fingerprint: object) -> tuple[Vocabulary, IntArray]:
    """Read ``labels.parquet`` and check that it names the rows of the arrays beside it.

    Args:
        folder: The artefact's folder.
        fingerprint: `Vocabulary.fingerprint` when the folder was saved.

    Returns:
        The vocabulary and the images of each label, int64.

    Raises:
        ArtefactError: If the file is missing or damaged, or holds other labels or another order.
    """
    vocabulary, counts = read_labels(folder)
    if vocabulary.fingerprint() != fingerprint:
        raise ArtefactError(
            f"{folder}: labels.parquet does not hold the labels, in their order, that the folder "
            f"was saved with ({vocabulary.fingerprint()}, expected {fingerprint}); save it again"
        )
    return vocabulary, counts


def read_arrays(path: Path, names: Sequence[str]) -> list[AnyArray]:
    """Read arrays by name from a safetensors file.

    Raises:
        ArtefactError: If the file is missing or damaged, or lacks one of them.
    """
    try:
        arrays = load_file(path)
        return [arrays[name] for name in names]
    except (OSError, SafetensorError) as error:
        raise damaged(path, error) from error
    except KeyError as error:
        raise damaged(path, f"it lacks {error}") from error


def damaged(path: Path, why: object) -> ArtefactError:
    """The error for a file that is missing or not what was saved."""
    reason = " ".join(str(why).split())
    return ArtefactError(f"{path} is missing or damaged ({reason}); save the folder again")
