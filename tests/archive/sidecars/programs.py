"""What photo programs show of a sidecar, by the rules of their readers.

    python tests/archive/sidecars/programs.py

prints the table of ``docs/how-to/sidecars.md``. The rules were collected from the programs' sources
and bug reports where ``known`` is true, and from memory elsewhere. The XML is read by the standard
library's parser, not by Labelsphere's.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from labelsphere.archive.sidecars import SidecarTag, add_to_xmp

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
SUBJECT = "{http://purl.org/dc/elements/1.1/}subject"
TAGS_LIST = "{http://www.digikam.org/ns/1.0/}TagsList"
HIERARCHICAL = "{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject"
MICROSOFT = "{http://ns.microsoft.com/photo/1.0}LastKeywordXMP"
MEDIAPRO = "{http://ns.iview-multimedia.com/mediapro/1.0/}CatalogSets"

SEPARATORS = {SUBJECT: None, TAGS_LIST: "/", HIERARCHICAL: "|", MICROSOFT: "/", MEDIAPRO: "|"}
TAGS = [SidecarTag("sky", 0.97), SidecarTag("cat", 0.91, ("animal",))]


@dataclass(frozen=True)
class Program:
    """A program that shows keywords.

    Attributes:
        name: What it is called.
        properties: What it looks at; the first that is there, or all of them.
        all_of_them: Whether it joins the properties.
        file: Which sidecar of ``photo.jpg`` it reads first; empty if it reads none.
        known: Whether the rules were read in a source or a bug report.
        remark: What else is to be known.
    """

    name: str
    properties: tuple[str, ...]
    all_of_them: bool
    file: str
    known: bool
    remark: str = ""

    def shown(self, data: bytes) -> list[str]:
        """Keywords that it shows, paths written with ``/``."""
        found: list[str] = []
        for name in self.properties:
            values = _values(data, name)
            found += values
            if values and not self.all_of_them:
                break
        leaves = {path.rsplit("/", 1)[-1] for path in found if "/" in path}
        # A bare keyword that a path ends in is shown as the path.
        return list(dict.fromkeys(path for path in found if path not in leaves))


def _values(data: bytes, name: str) -> list[str]:
    root = ElementTree.fromstring(data)
    separator = SEPARATORS[name]
    items = [item.text or "" for each in root.iter(name) for item in each.iter(f"{RDF}li")]
    return [item.replace(separator, "/") if separator else item for item in items]


PROGRAMS = (
    Program("digiKam", (TAGS_LIST, HIERARCHICAL, MICROSOFT, MEDIAPRO, SUBJECT), False,
            "photo.jpg.xmp", True),
    Program("Immich", (TAGS_LIST, HIERARCHICAL), False, "photo.jpg.xmp", True),
    Program("PhotoPrism", (SUBJECT,), False, "photo.jpg.xmp", True),
    Program("darktable", (SUBJECT, HIERARCHICAL), True, "photo.jpg.xmp", True),
    Program("pigallery2", (SUBJECT,), False, "photo.jpg.xmp", True),
    Program("Lightroom", (SUBJECT, HIERARCHICAL), True, "photo.xmp", False,
            "reads sidecars of raw files only"),
    Program("Capture One", (SUBJECT, HIERARCHICAL), True, "photo.xmp", False),
    Program("Windows Explorer", (MICROSOFT,), False, "", False, "reads embedded keywords only"),
    Program("Apple Photos", (SUBJECT,), False, "", False, "reads embedded keywords only"),
)  # fmt: skip
"""Programs and their readers' rules."""


def table(documents: dict[str, bytes | None]) -> str:
    """What each program shows after ``sky`` and ``animal/cat`` were added.

    Args:
        documents: Sidecars by the program that wrote them; None for a new one.
    """
    written = {name: add_to_xmp(data, TAGS, "run") for name, data in documents.items()}
    lines = [
        f"| Program | Reads | {' | '.join(written)} | |",
        f"|---|---|{'---|' * len(written)}---|",
    ]
    for one in PROGRAMS:
        cells = [", ".join(one.shown(data)) if one.file else "" for data in written.values()]
        file = f"`{one.file}`" if one.file else "no sidecars"
        source = "" if one.known else "from memory"
        remark = "; ".join(filter(None, (one.remark, source)))
        lines.append(f"| {one.name} | {file} | {' | '.join(cells)} | {remark} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table."""
    sys.path.insert(0, str(Path(__file__).parent))
    from conftest import WRITTEN

    sys.stdout.write(table(columns(WRITTEN)))


def columns(written: dict[str, bytes]) -> dict[str, bytes | None]:
    """The columns of the table: a new sidecar, and those of other programs."""
    return {
        "a new sidecar": None,
        "one of exiftool": written["exiftool"],
        "one of digiKam": written["digikam"],
        "one of Adobe": written["adobe"],
    }


if __name__ == "__main__":
    main()
