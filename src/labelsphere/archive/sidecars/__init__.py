"""Sidecar files: the tags of one picture, in a text or XMP file beside it."""

from labelsphere.archive.sidecars.naming import SidecarNames, text_sidecar, xmp_sidecar
from labelsphere.archive.sidecars.sidecar_tag import SidecarTag
from labelsphere.archive.sidecars.text import add_to_text, remove_from_text
from labelsphere.archive.sidecars.xmp import add_to_xmp, remove_from_xmp, xmp_tags

__all__ = [
    "SidecarNames",
    "SidecarTag",
    "add_to_text",
    "add_to_xmp",
    "remove_from_text",
    "remove_from_xmp",
    "text_sidecar",
    "xmp_sidecar",
    "xmp_tags",
]
