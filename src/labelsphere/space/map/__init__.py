"""A map of a label space: labels as points of a plane, as a picture or as a page."""

from labelsphere.space.map.layout import Box, place_names
from labelsphere.space.map.page import map_page
from labelsphere.space.map.picture import map_picture
from labelsphere.space.map.projection import PROJECTIONS, SpaceMap, project

__all__ = [
    "PROJECTIONS",
    "Box",
    "SpaceMap",
    "map_page",
    "map_picture",
    "place_names",
    "project",
]
