"""Keyword lists of a document: read, extended and shortened in place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.archive.sidecars.xmp_document import XmpDocument
from labelsphere.archive.sidecars.xmp_fields import KEYWORD_FIELDS
from labelsphere.errors import DataError

SUBJECT, TAGS_LIST = KEYWORD_FIELDS[:2]
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
NAMES = st.lists(
    st.text(alphabet="aäö&<>\"' 日/", min_size=1).filter(lambda name: name == name.strip()),
    min_size=1,
    max_size=5,
    unique=True,
)


def document(inner: str = "") -> bytes:
    return (
        f'<rdf:RDF {RDF}><rdf:Description rdf:about="">{inner}</rdf:Description></rdf:RDF>'.encode()
    )


@given(NAMES, NAMES)
def test_what_is_added_is_read_and_what_is_removed_is_gone(
    first: list[str], second: list[str]
) -> None:
    changed = XmpDocument(document())
    assert not changed.has(SUBJECT)
    changed.add(SUBJECT, first)
    changed.add(TAGS_LIST, second)
    changed.add(SUBJECT, second)
    assert changed.values(SUBJECT) == first + second
    assert XmpDocument(changed.data).values(TAGS_LIST) == second
    changed.remove(SUBJECT, second)
    assert changed.values(SUBJECT) == first
    changed.remove(SUBJECT, first)
    changed.remove(TAGS_LIST, [*second, "never there"])
    assert not changed.has(SUBJECT)
    assert not changed.has(TAGS_LIST)


def test_of_equal_items_the_last_is_removed() -> None:
    changed = XmpDocument(document())
    changed.add(SUBJECT, ["a", "b", "a"])
    changed.remove(SUBJECT, ["a"])
    assert changed.values(SUBJECT) == ["a", "b"]


@pytest.mark.parametrize(
    "description",
    [
        '<rdf:Description rdf:about=""/>',
        '<rdf:Description rdf:about="" />',
        '<rdf:Description x=">" rdf:about=""></rdf:Description>',
    ],
)
def test_descriptions_without_content_are_opened(description: str) -> None:
    changed = XmpDocument(f"<rdf:RDF {RDF}>{description}</rdf:RDF>".encode())
    changed.add(SUBJECT, ["a"])
    assert XmpDocument(changed.data).values(SUBJECT) == ["a"]


def test_an_empty_list_is_filled() -> None:
    for bag in ("<rdf:Bag/>", "<rdf:Bag></rdf:Bag>"):
        inner = f'<dc:subject xmlns:dc="{SUBJECT.namespace}">{bag}</dc:subject>'
        changed = XmpDocument(document(inner))
        assert changed.has(SUBJECT)
        assert changed.values(SUBJECT) == []
        changed.add(SUBJECT, ["a", "b"])
        assert changed.values(SUBJECT) == ["a", "b"]
        assert changed.data.count(b"<dc:subject") == 1


def test_descriptions_within_a_structure_are_no_descriptions_of_the_picture() -> None:
    inner = (
        '<x:y xmlns:x="urn:x"><rdf:Description>'
        f'<dc:subject xmlns:dc="{SUBJECT.namespace}"><rdf:Bag><rdf:li>no</rdf:li></rdf:Bag>'
        "</dc:subject></rdf:Description></x:y>"
    )
    changed = XmpDocument(document(inner))
    assert changed.values(SUBJECT) == []
    changed.add(SUBJECT, ["yes"])
    assert changed.values(SUBJECT) == ["yes"]
    assert inner.encode() in changed.data


def test_what_cannot_be_held_changes_nothing() -> None:
    changed = XmpDocument(document())
    before = changed.data
    with pytest.raises(DataError, match="cannot represent"):
        changed.add(SUBJECT, ["good", "bad\x01"])
    changed.add(SUBJECT, [])
    assert changed.data == before


def test_no_description() -> None:
    with pytest.raises(DataError, match=r"no rdf:Description"):
        XmpDocument(b"<a/>")
