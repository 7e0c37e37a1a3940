"""XMP sidecars: tags are added to existing ones, recorded as ours, and removed again."""

from collections.abc import Sequence

from labelsphere.archive.sidecars.sidecar_tag import SidecarTag
from labelsphere.archive.sidecars.xmp_document import XmpDocument
from labelsphere.archive.sidecars.xmp_fields import (
    ADDED,
    KEYWORD_FIELDS,
    RDF,
    TAGGED,
    KeywordField,
)
from labelsphere.errors import UsageError
from labelsphere.version import __version__

_TOOLKIT = "Labelsphere"


def add_to_xmp(
    data: bytes | None, tags: Sequence[SidecarTag], run: str, *, only_record: bool = False
) -> bytes:
    """Add tags to an XMP sidecar.

    The new tags are added to every keyword property that the document has. Missing ``dc:subject``
    and ``digiKam:TagsList`` are created, and ``lr:hierarchicalSubject`` if a tag has parents. A new
    property also gets the keywords of ``dc:subject``, because programs that find it read no other
    property. A tag that a property has under any parents is not added again. The rest of the
    document is unchanged, byte for byte.

    Args:
        data: The sidecar's contents; None if it does not exist.
        tags: Tags to add.
        run: Identifier of the tagging run, without a semicolon.
        only_record: Whether to write the tags into ``labelsphere:Tagged`` alone, so that other
            programs do not show them.

    Returns:
        The new contents; equal to ``data`` if this run wrote all tags before.

    Raises:
        UsageError: If the run's identifier holds a semicolon.
        DataError: If the contents are not an XMP document, or a tag cannot be written to one.
    """
    if not run or ";" in run:
        raise UsageError(f"the run must be a name without a semicolon, but got {run!r}")
    document = XmpDocument(_empty_document() if data is None else data)
    missing = {
        field: [] if only_record else _missing(document, field, tags) for field in KEYWORD_FIELDS
    }
    recorded = {tuple(_split_tagged(item)[::2]) for item in document.values(TAGGED)}
    probabilities = {
        tag.name: "" if tag.probability is None else f"{tag.probability:.4f}" for tag in tags
    }
    document.add(
        TAGGED,
        [f"{name};{p};{run}" for name, p in probabilities.items() if (name, run) not in recorded],
    )
    document.add(
        ADDED,
        [f"{field.local};{run};{value}" for field, new in missing.items() for value in new],
    )
    # Each new property is inserted at the top, so dc:subject ends up first.
    for field, values in reversed(missing.items()):
        document.add(field, values)
    return document.data


def remove_from_xmp(data: bytes, run: str) -> bytes | None:
    """Remove only what a run wrote to an XMP sidecar.

    A tag that a later run gave too is kept, and recorded as that run's.

    Args:
        data: The sidecar's contents.
        run: Identifier of the tagging run.

    Returns:
        The new contents; None if Labelsphere created the file and nothing is left in it.

    Raises:
        DataError: If the contents are not an XMP document.
    """
    document = XmpDocument(data)
    later: dict[str, str] = {}
    seen = False
    for item in document.values(TAGGED):
        name, _, other = _split_tagged(item)
        if other == run:
            seen = True
            document.remove(TAGGED, [item])
        elif seen:
            later.setdefault(name, other)
    fields = {field.local: field for field in KEYWORD_FIELDS}
    for item in document.values(ADDED):
        local, owner, value = (*item.split(";", 2), "", "")[:3]
        if owner != run or local not in fields:
            continue
        document.remove(ADDED, [item])
        field = fields[local]
        heirs = [other for name, other in later.items() if field.leaf_of(name) == field.leaf(value)]
        if heirs:
            document.add(ADDED, [f"{local};{heirs[0]};{value}"])
        else:
            document.remove(field, [value])
    return None if document.data == _empty_document() else document.data


def xmp_tags(data: bytes) -> list[str]:
    """Read the keywords of an XMP sidecar from all its properties, without parents.

    Raises:
        DataError: If the contents are not an XMP document.
    """
    document = XmpDocument(data)
    names = [field.leaf(v) for field in KEYWORD_FIELDS for v in document.values(field)]
    return list(dict.fromkeys(names))


def _missing(document: XmpDocument, field: KeywordField, tags: Sequence[SidecarTag]) -> list[str]:
    """Return values that a property lacks: new tags, and existing keywords if it is new."""
    if document.has(field):
        there = {field.leaf(value) for value in document.values(field)}
        return list(
            dict.fromkeys(field.value(t) for t in tags if field.leaf_of(t.name) not in there)
        )
    if field.created == "never" or not tags:
        return []
    if field.created == "with parents" and not any(tag.parents for tag in tags):
        return []
    paths = next(
        (
            [tuple(value.split(other.separator or "\0")) for value in document.values(other)]
            for other in KEYWORD_FIELDS
            if other.separator is not None and document.has(other)
        ),
        [],
    )
    nested = [SidecarTag(path[-1], parents=path[:-1]) for path in paths]
    leaves = {field.leaf_of(tag.name) for tag in (*nested, *tags)}
    flat = [
        SidecarTag(name)
        for name in document.values(KEYWORD_FIELDS[0])
        if field.leaf_of(name) not in leaves
        # A parent in a path is shown with the path, so it needs no entry of its own.
        and not any(name in path for path in paths)
    ]
    known = {field.leaf_of(tag.name) for tag in nested}
    new = [tag for tag in tags if field.leaf_of(tag.name) not in known]
    return list(dict.fromkeys(field.value(tag) for tag in (*nested, *flat, *new)))


def _split_tagged(item: str) -> tuple[str, str, str]:
    name, probability, run = (*item.rsplit(";", 2), "", "")[:3]
    return name, probability, run


def _empty_document() -> bytes:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="{_TOOLKIT} {__version__}">\n'
        f' <rdf:RDF xmlns:rdf="{RDF}">\n'
        '  <rdf:Description rdf:about="">\n'
        "  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n"
        '<?xpacket end="w"?>\n'
    ).encode()
