"""Keyword lists of an XMP document, edited in place."""

import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

from labelsphere.archive.sidecars.xml_tree import Element, parse_elements, written_prefix
from labelsphere.archive.sidecars.xmp_fields import RDF, KeywordField
from labelsphere.errors import DataError

_ITEM = f"{RDF} li"
_DESCRIPTION = f"{RDF} Description"
_CONTAINERS = (f"{RDF} Bag", f"{RDF} Seq", f"{RDF} Alt")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class _List:
    """Container of a property, and its items."""

    property: Element
    container: Element
    items: list[Element]


class XmpDocument:
    """An XMP document whose keyword lists can be changed.

    Each change splices the bytes and parses them again; all other bytes are unchanged.

    Args:
        data: The document, UTF-8.

    Raises:
        DataError: If it is not an XMP document.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._root = parse_elements(data)
        self._descriptions = [
            element
            for element in self._root.descendants(_DESCRIPTION)
            if self._is_top_level(element)
        ]
        if not self._descriptions:
            raise DataError("it has no rdf:Description; expected an XMP sidecar")

    def values(self, field: KeywordField) -> list[str]:
        """Return the items of a property, in order; empty if the document lacks it."""
        found = self._list(field)
        return [] if found is None else [item.text.strip() for item in found.items]

    def has(self, field: KeywordField) -> bool:
        """Return whether the document has the property."""
        return self._list(field) is not None

    def add(self, field: KeywordField, values: list[str]) -> None:
        """Append items to a property, which is created if it is missing.

        Raises:
            DataError: If a value contains a character that XML cannot represent.
        """
        if not values:
            return
        for value in values:
            if _NOT_XML.search(value):
                raise DataError(f"{value!r} contains a character that XML cannot represent")
        found = self._list(field)
        if found is None:
            self._create(field, values)
        elif found.items:
            last = found.items[-1]
            rdf = written_prefix(self.data, last)
            before = self.data[: last.start]
            blank = before[len(before.rstrip()) :]
            inserted = b"".join(blank + _item(rdf, value) for value in values)
            self._splice(last.end, last.end, inserted)
        else:
            self._fill(found, values)

    def remove(self, field: KeywordField, values: list[str]) -> None:
        """Remove one item for each value, the last of several equal ones.

        A property without items is removed too.
        """
        for value in values:
            found = self._list(field)
            if found is None:
                return
            equal = [item for item in found.items if item.text.strip() == value]
            if equal:
                gone = equal[-1] if len(found.items) > 1 else found.property
                before = self.data[: gone.start]
                self._splice(len(before.rstrip()), gone.end, b"")

    def _list(self, field: KeywordField) -> _List | None:
        for description in self._descriptions:
            for element in description.children:
                if element.name not in field.names:
                    continue
                for container in element.children:
                    if container.name in _CONTAINERS:
                        items = [item for item in container.children if item.name == _ITEM]
                        return _List(element, container, items)
        return None

    def _is_top_level(self, description: Element) -> bool:
        """Return whether a Description is directly below rdf:RDF; others are structure values."""
        return any(
            description in rdf.children
            for rdf in (self._root, *self._root.descendants(f"{RDF} RDF"))
            if rdf.name == f"{RDF} RDF"
        )

    def _create(self, field: KeywordField, values: list[str]) -> None:
        description = self._descriptions[0]
        rdf = written_prefix(self.data, description)
        items = b"".join(b"\n     " + _item(rdf, value) for value in values)
        name = f"{field.prefix}:{field.local}".encode()
        container = f"{rdf}{field.container}".encode()
        inserted = (
            b"\n   <" + name + f' xmlns:{field.prefix}="{field.namespace}">'.encode()
            + b"\n    <" + container + b">" + items
            + b"\n    </" + container + b">"
            + b"\n   </" + name + b">"
        )  # fmt: skip
        self._insert_inside(description, inserted, b"\n  ")

    def _fill(self, found: _List, values: list[str]) -> None:
        rdf = written_prefix(self.data, found.container)
        inserted = b"".join(b"\n     " + _item(rdf, value) for value in values)
        self._insert_inside(found.container, inserted, b"\n    ")

    def _insert_inside(self, element: Element, inserted: bytes, indent: bytes) -> None:
        """Insert bytes after a start tag; a self-closing element is opened first."""
        if not element.closes_itself:
            self._splice(element.inner, element.inner, inserted)
            return
        start = self.data[element.start : element.inner - 2]
        match = re.match(rb"<([^\s/>]+)", start)
        if match is None:
            raise DataError("it has an element without a name; expected an XMP sidecar")
        closed = start.rstrip() + b">" + inserted + indent + b"</" + match.group(1) + b">"
        self._splice(element.start, element.inner, closed)

    def _splice(self, start: int, end: int, inserted: bytes) -> None:
        self.__init__(self.data[:start] + inserted + self.data[end:])  # type: ignore[misc]


def _item(rdf: str, value: str) -> bytes:
    return f"<{rdf}li>{escape(value)}</{rdf}li>".encode()
