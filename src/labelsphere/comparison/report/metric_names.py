"""Names of metrics in a report."""

import re

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
    """A metric's name as printed; an unknown key is its own name.

    Examples:
        >>> metric_name("weighted_map@100"), metric_name("precision@1"), metric_name("class_ap")
        ('weighted MAP@100', 'P@1', 'AP per class')
    """
    stem, at, cutoff = key.partition("@")
    return f"{_NAMES.get(stem, stem)}{at}{cutoff}"


def anchor(key: str) -> str:
    """Fragment of the metric's definition in the page."""
    return "definition-" + re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
