"""Tags in planted blocks, and what each embedder needs besides to find them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.arrays import AnyArray

BLOCKS, WIDTH = 12, 4


@dataclass(frozen=True)
class Planted:
    """Annotations, the block of each label (−1 for the unseen one), and features of each image."""

    tags: Annotations
    blocks: AnyArray
    features: AnyArray

    def same_block(self, number: int) -> set[int]:
        """The other labels of a label's block."""
        return set(np.flatnonzero(self.blocks == self.blocks[number]).tolist()) - {number}


@pytest.fixture(scope="session")
def planted() -> Planted:
    """600 images with two or three labels of one block, each fifth with a label of any besides.

    Labels are two words: the block's and its own. The last label is in no image. Features tell
    the block, through noise.
    """
    rng = np.random.default_rng(0)
    names = [f"block{block} part{i}" for block in range(BLOCKS) for i in range(WIDTH)]
    rows, blocks = [], rng.integers(BLOCKS, size=600)
    for image, block in enumerate(blocks):
        chosen = block * WIDTH + rng.choice(WIDTH, size=rng.integers(2, 4), replace=False)
        stray = [rng.integers(len(names))] if image % 5 == 0 else []
        rows.append([names[number] for number in {*chosen.tolist(), *stray}])
    features = np.eye(BLOCKS)[blocks] @ rng.normal(size=(BLOCKS, 20))
    features += 0.1 * rng.normal(size=features.shape)
    of_labels = np.append(np.repeat(np.arange(BLOCKS), WIDTH), -1)
    tags = Annotations.from_lists(rows, vocabulary=Vocabulary([*names, "unseen"]))
    return Planted(tags, of_labels, features)


@pytest.fixture(scope="session")
def word_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve numbers for each word of the labels, those of blocks long, those of parts short."""
    rng = np.random.default_rng(1)
    lines = []
    for words, share in (("block", 1.0), ("part", 0.2)):
        for number in range(BLOCKS):
            # Unit norms are taken of each word, so a part is kept short by what all parts share.
            vector = share * rng.normal(size=12) + (1 - share) * 5
            lines.append(" ".join([f"{words}{number}", *(f"{value:.6f}" for value in vector)]))
    path = tmp_path_factory.mktemp("words") / "words.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def hierarchy_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each label below its block, four blocks below each of three branches, all below a root."""
    edges = [
        *(f"block{b} part{i},block{b}" for b in range(BLOCKS) for i in range(WIDTH)),
        *(f"block{b},branch{b // 4}" for b in range(BLOCKS)),
        *(f"branch{branch},root" for branch in range(3)),
    ]
    path = tmp_path_factory.mktemp("hierarchy") / "hierarchy.csv"
    path.write_text("\n".join(["child,parent", *edges]) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def needed_options(
    planted: Planted, word_file: Path, hierarchy_file: Path
) -> Callable[..., dict[str, Any]]:
    """The options that a method cannot do without, for tags like those of ``planted``."""

    def options(method: str, images: int = 600) -> dict[str, Any]:
        if method == "rembrandt":
            return {"features": planted.features[:images]}
        if method == "word-vectors":
            return {"path": str(word_file)}
        if method == "taxonomy":
            return {"hierarchy": str(hierarchy_file)}
        return {}

    return options
