"""Bundled datasets."""

from labelsphere.datasets.icons import icons_path, read_icons

__all__ = ["icons_path", "read_icons"]
