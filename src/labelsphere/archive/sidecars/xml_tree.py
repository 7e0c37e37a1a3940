"""XML elements with byte positions, for editing a document in place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from labelsphere.errors import DataError

_DEEPEST = 100
"""Largest depth of elements; real sidecars have about ten levels."""

_TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")


@dataclass
class Element:
    """An element of a document.

    Attributes:
        name: Namespace and local name with a blank between them.
        start: Position of its ``<``, in bytes.
        inner: Position after its start tag.
        inner_end: Position of its end tag; equal to ``end`` if it is self-closing.
        end: Position after the element.
        text: Text directly inside it.
        attributes: Values by namespace and local name.
        children: Elements directly inside it.
    """

    name: str
    start: int
    inner: int = 0
    inner_end: int = 0
    end: int = 0
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element"] = field(default_factory=list)

    @property
    def closes_itself(self) -> bool:
        """Whether the element is written as ``<name/>``."""
        return self.inner == self.end

    def descendants(self, name: str) -> Iterator["Element"]:
        """Yield all elements of a name inside this one, in document order."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.descendants(name)


def parse_elements(data: bytes) -> Element:
    """Parse a UTF-8 document.

    Args:
        data: The document's bytes.

    Returns:
        The outermost element.

    Raises:
        DataError: If the document is not well-formed, not UTF-8, declares a document type or
            entities (a way to attack programs that read it), or nests too deeply.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError("it is not UTF-8; expected an XMP sidecar in UTF-8") from error
    parser = expat.ParserCreate(encoding="UTF-8", namespace_separator=" ")
    parser.buffer_text = True
    opened: list[Element] = []
    closed: list[Element] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(opened) >= _DEEPEST:
            raise DataError(f"it nests more than {_DEEPEST} elements; expected an XMP sidecar")
        position = parser.CurrentByteIndex
        element = Element(name, position, _end_of_tag(data, position), attributes=attributes)
        if opened:
            opened[-1].children.append(element)
        opened.append(element)

    def end(_: str) -> None:
        element = opened.pop()
        position = parser.CurrentByteIndex
        if data[element.inner - 2 : element.inner] == b"/>":
            element.inner_end = element.end = element.inner
        else:
            element.inner_end, element.end = position, data.index(b">", position) + 1
        closed.append(element)

    def characters(text: str) -> None:
        if opened:
            opened[-1].text += text

    def refuse(*_: object) -> None:
        raise DataError("it declares a document type; expected an XMP sidecar without one")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DataError(f"it is not well-formed XML ({error}); expected an XMP sidecar") from error
    return closed[-1]


def written_prefix(data: bytes, element: Element) -> str:
    """Return the prefix of an element's name in the document, with its colon, or ``""``."""
    found = re.match(rb"<([^\s/>:]+:)?", data[element.start : element.inner])
    prefix = found.group(1) if found else None
    return "" if prefix is None else prefix.decode("utf-8")


def _end_of_tag(data: bytes, position: int) -> int:
    """Return the position after the tag that starts here; attributes may contain ``>``."""
    tag = _TAG.match(data, position)
    if tag is None:
        raise DataError("it ends within a tag; expected an XMP sidecar")
    return tag.end()
