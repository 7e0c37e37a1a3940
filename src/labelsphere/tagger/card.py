"""The card of a saved tagger: what it is, what it knows, how to use it."""

from typing import TYPE_CHECKING

from labelsphere.version import __version__

if TYPE_CHECKING:
    from labelsphere.tagger.tagger import Tagger

_CARD = """\
---
library_name: labelsphere
tags:
- image-classification
- multi-label
---

# Tagger: {labels:,} tags

| | |
|---|---|
| backbone | `{backbone}` |
| objective | {objective} |
| decoder | {decoder} |
| tags | {labels:,} |
| training images | {images:,} |
| label space | {space} |
| made with | Labelsphere {version} |

```python
import labelsphere as ls

tagger = ls.Tagger.load("PATH OF THIS FOLDER")
tagger.tag("picture.png", top=10)
```

Most frequent tags in training: {frequent}.

Scores rank the tags of one image; they are not probabilities, and do not compare between taggers.
A tag that the training images lack cannot be predicted.
"""


def tagger_card(tagger: "Tagger") -> str:
    """The card as Markdown."""
    counts = tagger.labels.counts
    most = counts.argsort(kind="stable")[::-1][:10]
    space = "none" if tagger.space is None else f"{tagger.space.dim:,} dimensions, see `space/`"
    return _CARD.format(
        labels=len(tagger.vocabulary),
        backbone=tagger.architecture.backbone,
        objective={
            "cosine": "cosine proximity to the embedded tags (Chollet 2016, §3.2)",
            "logistic": "an independent sigmoid for each tag",
            "sphere": "cosine proximity, with a length by likelihood and the tags' prior",
            "softmax": "one softmax over all tags",
            "focal": "an independent sigmoid for each tag, focal loss",
            "asymmetric": "an independent sigmoid for each tag, asymmetric loss",
            "devise": "tags ahead of all others by a margin (Frome et al. 2013)",
        }.get(tagger.architecture.objective, tagger.architecture.objective),
        decoder=tagger.architecture.decoder or "that of the objective",
        images=tagger.labels.n_images,
        space=space,
        version=__version__,
        frequent=", ".join(tagger.vocabulary[number] for number in most.tolist()),
    )
