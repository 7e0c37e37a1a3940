"""Annotations of images with tags: tables, readers, statistics and problems."""

from typing import TYPE_CHECKING

from labelsphere.lazy_names import names_from

if TYPE_CHECKING:
    from labelsphere.annotations.hierarchy import Hierarchy
    from labelsphere.annotations.pictures import PictureBytes, PictureFiles, Pictures
    from labelsphere.annotations.problems import Problem, find_problems
    from labelsphere.annotations.report import ReadReport
    from labelsphere.annotations.revision import Revision
    from labelsphere.annotations.splits import (
        Split,
        find_split,
        first_of_groups,
        split_column,
        split_rows,
    )
    from labelsphere.annotations.statistics import Statistics, table_statistics
    from labelsphere.annotations.streaming import AnnotationStream, stream_annotations
    from labelsphere.annotations.table import Annotations
    from labelsphere.annotations.vocabulary import Vocabulary

__all__ = [
    "AnnotationStream",
    "Annotations",
    "Hierarchy",
    "PictureBytes",
    "PictureFiles",
    "Pictures",
    "Problem",
    "ReadReport",
    "Revision",
    "Split",
    "Statistics",
    "Vocabulary",
    "find_problems",
    "find_split",
    "first_of_groups",
    "split_column",
    "split_rows",
    "stream_annotations",
    "table_statistics",
]

__getattr__ = names_from(
    __name__,
    {
        "AnnotationStream": "streaming",
        "Annotations": "table",
        "Hierarchy": "hierarchy",
        "PictureBytes": "pictures",
        "PictureFiles": "pictures",
        "Pictures": "pictures",
        "Problem": "problems",
        "ReadReport": "report",
        "Revision": "revision",
        "Split": "splits",
        "Statistics": "statistics",
        "Vocabulary": "vocabulary",
        "find_problems": "problems",
        "find_split": "splits",
        "first_of_groups": "splits",
        "split_rows": "splits",
        "split_column": "splits",
        "stream_annotations": "streaming",
        "table_statistics": "statistics",
    },
)
