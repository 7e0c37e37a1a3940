"""The README of a saved label space: what it is, what it was made from, how to load it."""

from collections.abc import Mapping, Sequence

import numpy as np

from labelsphere.space.arithmetic import Neighbor
from labelsphere.space.space_parts import SpaceParts
from labelsphere.version import __version__


def describe_space(space: SpaceParts, neighbors: Mapping[str, Sequence[Neighbor]]) -> str:
    """Return Markdown for ``README.md``.

    Args:
        space: The label space.
        neighbors: Examples: some labels with those nearest to each.
    """
    # Only what is written has a card: embedders are not imported with the module.
    from labelsphere.space.embedders import embedder_directions

    record, facts = space.record, space.record.to_json()
    placed = int(np.count_nonzero(space.placed))
    options = ", ".join(f"{name} {value}" for name, value in record.options.items())
    method = record.method or "not known"
    rows = [
        ("labels", f"{space.n_labels:,}, {placed:,} of them placed"),
        ("dimensions", f"{space.dim:,}"),
        *([("aliases", f"{aliases:,}")] if (aliases := len(space.vocabulary.aliases)) else []),
        ("method", f"{method} ({options})" if options else method),
        *(
            (name, write(facts[key]))
            for key, name, write in _FIGURES
            # Not every method has each of them.
            if key in facts
        ),
        ("made with", f"Labelsphere {__version__}"),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"""# Label space

A vocabulary of labels as points of a {space.dim:,}-dimensional space.
{embedder_directions(record.method)} It holds no images.

| | |
|---|---|
{table}

## Nearest labels

Cosine proximity; the most frequent labels.

| label | images | nearest |
|---|---|---|
{_examples(space, neighbors)}

## Use

```python
from labelsphere import LabelSpace

space = LabelSpace.load("this folder")
points = space.encode([["one label", "another label"]])
ids, proximities = space.decode(points, top=10)
```

## Files

- `vectors.safetensors`: `vectors`, float32, one row a label. A row of zeros is a label without an
  embedding.
- `labels.parquet`: name, count, category and aliases of each label, in the order of the rows.
- `config.json`: the settings above, and a fingerprint of the labels and their order, which is
  checked on loading.
"""


def _examples(space: SpaceParts, neighbors: Mapping[str, Sequence[Neighbor]]) -> str:
    lines = []
    for label, found in neighbors.items():
        near = ", ".join(f"{_cell(n.label)} {n.proximity:.2f}" for n in found)
        lines.append(f"| {_cell(label)} | {space.counts[space.row(label)]:,} | {near} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _number(value: object) -> str:
    return f"{value:,.12g}" if isinstance(value, int | float) else "not known"


def _cosine(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "not known"


def _share(value: object) -> str:
    return f"{value:.2%}" if isinstance(value, float) else "not known"


_FIGURES = (
    ("exponent", "exponent of the eigenvalues", _number),
    ("images", "images counted", _number),
    ("pairs", "pairs of labels seen together", _number),
    ("positive_eigenvalues", "positive eigenvalues", _number),
    ("positive_share", "share of their squares held", _share),
    ("features", "features", _number),
    ("explained_share", "share of the labels' variance that the features explain", _share),
    ("smallest_distance", "bits between the nearest words", _number),
    ("unknown", "labels of which no word is known", _number),
    ("partly_known", "labels of which some words are known", _number),
    ("aligned_labels", "labels by which it was aligned with an older space", _number),
    ("aligned_proximity", "their mean proximity to their older embeddings", _cosine),
)
"""Facts of the fit that the model card shows, where a method has them."""
