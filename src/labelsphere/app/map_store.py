"""Map of a label space, computed once and stored with the tagger."""

import hashlib
import threading
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from labelsphere.app.schemas import MapResponse
from labelsphere.artefact import new_file
from labelsphere.errors import MissingExtraError
from labelsphere.space import LabelSpace
from labelsphere.space.map import project


class MapStore:
    """Store that computes the map of a space at the first call, and reads it afterwards.

    The name of the file is a hash of the space's labels and vectors, so that a map of other labels
    is never shown.

    Args:
        folder: The tagger's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._last: tuple[LabelSpace, MapResponse] | None = None

    def of(self, space: LabelSpace) -> MapResponse:
        """Return the map of a space.

        Raises:
            DataError: If too few labels have a vector.
        """
        with self._lock:
            if self._last is None or self._last[0] is not space:
                self._last = (space, self._read_or_make(space))
            return self._last[1]

    def _read_or_make(self, space: LabelSpace) -> MapResponse:
        digest = f"{space.vocabulary.fingerprint()[:12]}-{_digest(space)}"
        path = self._folder / f"map-{digest}.safetensors"
        try:
            kept = load_file(path)
            rows, positions, groups = kept["rows"], kept["positions"], kept["groups"]
            caption = bytes(kept["caption"]).decode()
        except (OSError, SafetensorError, KeyError):
            rows, positions, groups, caption = _make(space)
            self._keep(path, rows, positions, groups, caption)
        return MapResponse(
            names=[space.vocabulary[row] for row in rows.tolist()],
            counts=space.counts[rows].tolist(),
            x=np.round(positions[:, 0], 5).tolist(),
            y=np.round(positions[:, 1], 5).tolist(),
            groups=groups.tolist(),
            caption=caption,
        )

    def _keep(
        self, path: Path, rows: np.ndarray, positions: np.ndarray, groups: np.ndarray, caption: str
    ) -> None:
        arrays = {
            "rows": rows,
            "positions": np.ascontiguousarray(positions, np.float64),
            "groups": np.ascontiguousarray(groups, np.int64),
            "caption": np.frombuffer(caption.encode(), np.uint8).copy(),
        }
        try:
            with new_file(path) as temporary:
                save_file(arrays, temporary)
            for old in self._folder.glob("map-*.safetensors"):
                if old != path:
                    old.unlink(missing_ok=True)
        # On a read-only disk, the map is computed again at the next start.
        except OSError:
            return


def _make(space: LabelSpace) -> tuple[np.ndarray, np.ndarray, np.ndarray, str]:
    try:
        made = project(space, "umap")
    except MissingExtraError:
        made = project(space, "pca")
    rows = np.array([space.row(name) for name in made.names], np.int64)
    return rows, made.positions, made.groups, made.caption


def _digest(space: LabelSpace) -> str:
    vectors = np.ascontiguousarray(space.vectors)
    return hashlib.sha256(vectors.tobytes()).hexdigest()[:12]
