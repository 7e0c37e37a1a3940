"""The keyword properties of XMP: which programs read them, and how they write a tag's parents."""

from dataclasses import dataclass
from typing import Literal

from labelsphere.archive.sidecars.sidecar_tag import SidecarTag

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OURS = "https://labelsphere.org/ns/1.0/"
"""Namespace of the record of what Labelsphere wrote. It is an identifier and never fetched."""

_STAND_INS = str.maketrans({"/": "∕", "|": "∣"})
"""Separators of paths inside a tag's own name become look-alikes: U+2215 and U+2223."""


@dataclass(frozen=True)
class KeywordField:
    """An XMP property that holds keywords.

    Attributes:
        prefix: Customary prefix of its namespace.
        namespace: The namespace.
        local: Local name.
        container: RDF container of a new property; one that exists keeps its own.
        separator: Between the parts of a path; None where the property holds bare names.
        created: When it is written although the file does not have it.
    """

    prefix: str
    namespace: str
    local: str
    container: Literal["Bag", "Seq"]
    separator: str | None
    created: Literal["always", "with parents", "never"]

    @property
    def names(self) -> tuple[str, str]:
        """Namespace and local name, as `Element.name` has them.

        Programs disagree about the slash at a namespace's end: exiv2 writes MicrosoftPhoto's with
        one, Windows and exiftool without.
        """
        bare = self.namespace.rstrip("/")
        return f"{bare}/ {self.local}", f"{bare} {self.local}"

    def value(self, tag: SidecarTag) -> str:
        """A tag as this property holds it."""
        if self.separator is None:
            return tag.name
        return self.separator.join(part.translate(_STAND_INS) for part in (*tag.parents, tag.name))

    def leaf(self, value: str) -> str:
        """The last part of a value, as `leaf_of` gives it for a tag."""
        return value if self.separator is None else value.rsplit(self.separator, 1)[-1]

    def leaf_of(self, name: str) -> str:
        """The last part of what `value` gives for a tag of this name."""
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
"""Every program shows ``dc:subject`` but Immich, which looks at ``digiKam:TagsList`` first and then
at nothing else. So both are always written, and the second gets the keywords of the first."""

TAGGED = KeywordField("labelsphere", OURS, "Tagged", "Bag", None, "always")
"""Items ``name;probability;run``: which tags a run gave the picture."""

ADDED = KeywordField("labelsphere", OURS, "Added", "Bag", None, "always")
"""Items ``property;run;value``: exactly what a run wrote where, so that it can be removed."""
