"""Pictures with odd names and their tags, for the tests of the writers."""

from labelsphere.archive.writers.output_picture import OutputPicture
from labelsphere.tagger.tag import Tag

CALIBRATED = [
    OutputPicture(
        'a,"b".png', [Tag("sky", 1.0, 0.9, True, False), Tag("sea", 0.2, 0.3, False, True)]
    ),
    OutputPicture("new\nline.png", []),
    OutputPicture("海.png", [Tag("日本", 1.5, 0.99, True, False)]),
]
RAW = [
    OutputPicture(one.name, [Tag(tag.label, tag.score) for tag in one.tags]) for one in CALIBRATED
]
