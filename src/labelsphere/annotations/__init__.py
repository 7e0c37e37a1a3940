"""Who is tagged with what: the table, its readers, its statistics and its problems."""

from labelsphere.annotations.pictures import PictureBytes, PictureFiles, Pictures
from labelsphere.annotations.report import ReadReport
from labelsphere.annotations.table import Annotations
from labelsphere.annotations.vocabulary import Vocabulary

__all__ = [
    "Annotations",
    "PictureBytes",
    "PictureFiles",
    "Pictures",
    "ReadReport",
    "Vocabulary",
]
