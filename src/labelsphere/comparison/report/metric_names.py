"""What metrics are called in a report, and which ones come first."""

import re

KEY_METRICS = ("map@100", "weighted_map@100", "precision@1")
"""The verdict is about these: never one figure alone, since each rewards something else."""

GLOSSES = {
    "map@100": "how pure each tag's predictions are, every tag counting alike",
    "weighted_map@100": "the same, common tags counting more",
    "precision@1": "share of images whose first predicted tag is true",
}
"""The key metrics in plain words; their exact definitions are in the footnotes."""

DECODER_METRICS = (*KEY_METRICS, "precision@5", "ndcg@10", "image_ap")
"""Columns of the decoders' table; a class's own ranking of images does not change with them."""

FREQUENCY_METRICS = ("map@100", "recall@10", "class_ap")
"""Shown by frequency, those of them that were measured."""

SAME_UNDER_EVERY_PRIOR = ("class_ap",)
"""A prior moves all images' scores for a tag alike, and with them no image before another."""

_NAMES = {
    "map": "MAP",
    "weighted_map": "weighted MAP",
    "precision": "P",
    "recall": "recall",
    "ndcg": "nDCG",
    "psp": "PSP",
    "image_ap": "AP per image",
    "class_ap": "AP per class",
}


def metric_name(key: str) -> str:
    """A metric's name as printed; an unknown key stands for itself.

    Examples:
        >>> metric_name("weighted_map@100"), metric_name("precision@1"), metric_name("class_ap")
        ('weighted MAP@100', 'P@1', 'AP per class')
    """
    stem, at, cutoff = key.partition("@")
    return f"{_NAMES.get(stem, stem)}{at}{cutoff}"


def anchor(key: str) -> str:
    """Fragment of the metric's footnote in the page."""
    return "definition-" + re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
