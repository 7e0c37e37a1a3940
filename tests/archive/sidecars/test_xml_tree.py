"""Elements and their positions, against the standard library's parser."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.archive.sidecars.xml_tree import Element, parse_elements, written_prefix
from labelsphere.errors import DataError

DATA = (
    '<?xml version="1.0"?><!-- <a> --><a:r xmlns:a="urn:one">ö<b c=">"/>'
    "<a:b a:d='\"'> x <![CDATA[<no>]]></a:b ></a:r>"
).encode()


def test_positions_cut_the_elements_out_of_the_bytes() -> None:
    root = parse_elements(DATA)
    closed, inner = root.children
    assert DATA[root.start : root.end].startswith(b"<a:r ")
    assert DATA[root.start : root.end].endswith(b"</a:r>")
    assert DATA[closed.start : closed.end] == b'<b c=">"/>'
    assert closed.closes_itself
    assert DATA[inner.inner : inner.inner_end] == b" x <![CDATA[<no>]]>"
    assert (inner.text, inner.attributes) == (" x <no>", {"urn:one d": '"'})
    assert (root.name, closed.name, inner.name) == ("urn:one r", "b", "urn:one b")
    assert [written_prefix(DATA, one) for one in (root, closed, inner)] == ["a:", "", "a:"]
    assert list(root.descendants("b")) == [closed]


def trees() -> st.SearchStrategy[ElementTree.Element]:
    text = st.text(alphabet="aö <>&\"'", max_size=5)

    def element(children: list[ElementTree.Element], said: str) -> ElementTree.Element:
        made = ElementTree.Element("e", {"k": said})
        made.text = said
        made.extend(children)
        return made

    return st.recursive(
        st.builds(element, st.just([]), text),
        lambda inner: st.builds(element, st.lists(inner, max_size=3), text),
        max_leaves=12,
    )


@given(trees())
def test_any_tree_is_that_of_the_standard_library(tree: ElementTree.Element) -> None:
    data = ElementTree.tostring(tree, encoding="utf-8")

    def same(ours: Element, theirs: ElementTree.Element) -> None:
        assert (ours.name, ours.attributes) == (theirs.tag, theirs.attrib)
        assert ours.text == (theirs.text or "")
        assert ElementTree.fromstring(data[ours.start : ours.end]).tag == theirs.tag
        for mine, other in zip(ours.children, theirs, strict=True):
            same(mine, other)

    same(parse_elements(data), ElementTree.fromstring(data))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares a document type"),
        (b"<a><b></a>", "not well-formed"),
        (b"<a>\xff</a>", "not UTF-8"),
        (b"<a>" * 101 + b"</a>" * 101, "nests more than 100"),
        (b"", "not well-formed"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        parse_elements(data)
