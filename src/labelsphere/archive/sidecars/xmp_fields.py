"""Keyword properties of XMP: the programs that read them, and how they write parents."""

from dataclasses import dataclass
from typing import Literal

from labelsphere.archive.sidecars.sidecar_tag import SidecarTag

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OURS = "https://labelsphere.org/ns/1.0/"
"""Namespace of Labelsphere's own records. It is an identifier and is never fetched."""

_STAND_INS = str.maketrans({"/": "∕", "|": "∣"})
"""Look-alikes, U+2215 and U+2223, that replace path separators in a tag's own name."""


@dataclass(frozen=True)
class KeywordField:
    """XMP property of keywords.

    Attributes:
        prefix: Customary prefix of its namespace.
        namespace: The namespace.
        local: Local name.
        container: RDF container of a new property; an existing one keeps its own.
        separator: Separator of paths; None if the property holds names without parents.
        created: When the property is added to a file that lacks it.
    """

    prefix: str
    namespace: str
    local: str
    container: Literal["Bag", "Seq"]
    separator: str | None
    created: Literal["always", "with parents", "never"]

    @property
    def names(self) -> tuple[str, str]:
        """Namespace and local name, in the form of `Element.name`.

        Programs differ in the slash at a namespace's end: exiv2 writes MicrosoftPhoto's with a
        slash, Windows and exiftool write it without.
        """
        bare = self.namespace.rstrip("/")
        return f"{bare}/ {self.local}", f"{bare} {self.local}"

    def value(self, tag: SidecarTag) -> str:
        """Format a tag for this property."""
        if self.separator is None:
            return tag.name
        return self.separator.join(part.translate(_STAND_INS) for part in (*tag.parents, tag.name))

    def leaf(self, value: str) -> str:
        """Return the last name of a value's path."""
        return value if self.separator is None else value.rsplit(self.separator, 1)[-1]

    def leaf_of(self, name: str) -> str:
        """Return the last name of `value` for a tag of this name."""
        return name if self.separator is None else name.translate(_STAND_INS)


KEYWORD_FIELDS = (
    KeywordField("dc", "http://purl.org/dc/elements/1.1/", "subject", "Bag", None, "always"),
    KeywordField("digiKam", "http://www.digikam.org/ns/1.0/", "TagsList", "Seq", "/", "always"),
    KeywordField(
        "lr",
        "http://ns.adobe.com/lightroom/1.0/",
        "hierarchicalSubject",
        "Bag",
        "|",
        "with parents",
    ),
    KeywordField(
        "MicrosoftPhoto",
        "http://ns.microsoft.com/photo/1.0/",
        "LastKeywordXMP",
        "Bag",
        "/",
        "never",
    ),
    KeywordField(
        "mediapro",
        "http://ns.iview-multimedia.com/mediapro/1.0/",
        "CatalogSets",
        "Bag",
        "|",
        "never",
    ),
)
"""Every program reads ``dc:subject`` except Immich, which reads only ``digiKam:TagsList`` if it is
there. So both are always written, and the second gets the keywords of the first."""

TAGGED = KeywordField("labelsphere", OURS, "Tagged", "Bag", None, "always")
"""Items ``name;probability;run``: the tags that a run gave the picture."""

ADDED = KeywordField("labelsphere", OURS, "Added", "Bag", None, "always")
"""Items ``property;run;value``: the values that a run wrote, so that they can be removed."""
