"""Cache of features on disk, by the contents of their pictures."""

import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from labelsphere.arrays import FloatArray
from labelsphere.artefact import new_file


class FeatureStore:
    """Features of pictures, in files of some hundred pictures each.

    Each file has ``digests`` (n, 16) uint8 and ``features`` (n, width) float32, and is written
    atomically. Files are added and never changed, so several processes may write, and the work of
    an interrupted process is kept. A damaged file counts as missing.

    Args:
        folder: Folder of the files; created when the first one is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: dict[bytes, tuple[Path, int]] = {}
        for path in sorted(folder.glob("part-*.safetensors")):
            try:
                with safe_open(path, framework="np") as part:
                    digests: bytes = part.get_tensor("digests").tobytes()
            except (OSError, SafetensorError):
                continue
            for row in range(len(digests) // 16):
                self._places[digests[16 * row : 16 * row + 16]] = (path, row)

    def __contains__(self, digest: object) -> bool:
        return digest in self._places

    def add(self, digests: Sequence[bytes], features: FloatArray) -> None:
        """Write features.

        Args:
            digests: Hashes of the pictures' contents.
            features: (n, width) float32.

        Raises:
            WriteError: If the folder cannot be written.
        """
        path = self._folder / f"part-{uuid.uuid4().hex[:16]}.safetensors"
        table = np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), 16)
        with new_file(path) as temporary:
            save_file({"digests": table, "features": np.ascontiguousarray(features)}, temporary)
        self._places.update({digest: (path, row) for row, digest in enumerate(digests)})

    def fill(self, matrix: FloatArray, digests: Sequence[bytes | None]) -> None:
        """Copy the stored features of pictures into the rows of a matrix.

        Args:
            matrix: (pictures, width) float32; rows of other pictures are unchanged.
            digests: Hash of each row's picture, None if there is none.
        """
        wanted: dict[Path, list[tuple[int, int]]] = {}
        for row, digest in enumerate(digests):
            if digest is not None and digest in self._places:
                path, there = self._places[digest]
                wanted.setdefault(path, []).append((row, there))
        for path, pairs in wanted.items():
            rows, places = np.array(pairs).T
            with safe_open(path, framework="np") as part:
                matrix[rows] = part.get_tensor("features")[places]
