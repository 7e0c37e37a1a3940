"""23,870 icons with 3,344 human-made tags, from twenty published icon sets."""

from pathlib import Path

from labelsphere.annotations import Annotations


def icons_path() -> Path:
    """The Parquet table of the icons, inside the installed package.

    One row an icon: ``image`` (PNG, 64 × 64), ``id``, ``labels``, ``base_id``, ``split`` and
    ``split_strict`` (train, val or test), ``source``, ``package``, ``licence``. Beside it stand
    ``ATTRIBUTION.md`` and the licence texts.
    """
    return Path(__file__).with_name("icons") / "icons.parquet"


def read_icons(min_count: int = 1) -> Annotations:
    """The icons as annotations, with their pictures.

    Tags are incomplete: one that is missing is unknown rather than wrong. Compare methods on
    them; do not read absolute values.

    Args:
        min_count: Tags on fewer icons are left out.

    Returns:
        Annotations of 23,870 images over 3,344 labels, 4.65 labels an image.
    """
    return Annotations.read(icons_path(), min_count=min_count)
