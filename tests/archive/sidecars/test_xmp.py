"""XMP sidecars, with exiftool and exiv2 as independent readers where they are installed."""

import json
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.archive.sidecars import SidecarTag, add_to_xmp, remove_from_xmp, xmp_tags
from labelsphere.errors import DataError, UsageError

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}subject"
DIGIKAM = "{http://www.digikam.org/ns/1.0/}TagsList"
LIGHTROOM = "{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject"
MICROSOFT = "{http://ns.microsoft.com/photo/1.0}LastKeywordXMP"
MEDIAPRO = "{http://ns.iview-multimedia.com/mediapro/1.0/}CatalogSets"

TAGS = [SidecarTag("sky", 0.97), SidecarTag("cat", 0.91, ("animal",))]

# Characters that XML can hold; names are stripped, as sidecars do not keep blanks at their ends.
names = (
    st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"))
    .map(str.strip)
    .filter(bool)
)
tags = st.lists(
    st.builds(
        SidecarTag,
        names,
        st.none() | st.floats(0, 1),
        st.lists(names, max_size=2).map(tuple),
    ),
    max_size=4,
)


def items(data: bytes, name: str) -> list[str]:
    """Items of a property, read by another parser."""
    found = ElementTree.fromstring(data).iter(name)
    return [li.text or "" for element in found for li in element.iter(f"{RDF}li")]


def test_a_new_sidecar_holds_the_tags_where_programs_look_for_them() -> None:
    data = add_to_xmp(None, TAGS, "run-1")
    assert items(data, DC) == ["sky", "cat"]
    assert items(data, DIGIKAM) == ["sky", "animal/cat"]
    assert items(data, LIGHTROOM) == ["sky", "animal|cat"]
    assert items(data, MICROSOFT) == items(data, MEDIAPRO) == []


def test_without_parents_no_hierarchy_is_made() -> None:
    assert items(add_to_xmp(None, [SidecarTag("sky")], "r"), LIGHTROOM) == []


def test_every_property_becomes_the_union(documents: dict[str, bytes]) -> None:
    data = add_to_xmp(documents["digikam"], TAGS, "run-1")
    assert items(data, DC) == ["Miles", "cat", "sky"]
    for name, separator in ((DIGIKAM, "/"), (MICROSOFT, "/"), (LIGHTROOM, "|"), (MEDIAPRO, "|")):
        family = separator.join(["People", "Family", "Miles"])
        assert items(data, name) == [family, separator.join(["animal", "cat"]), "sky"]


def test_a_new_tags_list_gets_the_keywords_that_are_there(documents: dict[str, bytes]) -> None:
    data = add_to_xmp(documents["exiftool"], TAGS[:1], "r")
    assert items(data, DIGIKAM) == ["Holiday", "Anna & Bo", "sky"]
    # Adobe's paths are kept as paths; their leaf is not repeated as a root.
    data = add_to_xmp(documents["adobe"], TAGS[:1], "r")
    assert items(data, DIGIKAM) == ["Places/France/Paris", "sky"]


def test_a_tag_of_a_person_is_neither_repeated_nor_removed(documents: dict[str, bytes]) -> None:
    data = add_to_xmp(documents["adobe"], [SidecarTag("Paris", 0.9)], "r")
    assert items(data, DC) == ["Paris"]
    left = remove_from_xmp(data, "r")
    assert left is not None
    assert items(left, DC) == ["Paris"]
    assert items(left, LIGHTROOM) == ["Places|France|Paris"]


def test_what_is_there_stays_byte_for_byte(document: bytes) -> None:
    data = add_to_xmp(document, TAGS, "r")
    position = 0
    for line in document.splitlines():
        # The one line that may change is a Description that closed itself.
        if not line.rstrip().endswith(b"/>") or b"Description" not in line:
            position = data.index(line, position) + len(line)


def test_removing_a_run_restores_the_document(document: bytes) -> None:
    left = remove_from_xmp(add_to_xmp(document, TAGS, "r"), "r")
    if b'tiff:Make="A B"/>' in document:
        assert left is not None
        assert left.replace(b">\n  </rdf:Description>", b"/>") == document
    else:
        assert left == document


@given(tags, tags)
def test_two_runs_and_their_removal(first: list[SidecarTag], second: list[SidecarTag]) -> None:
    one = add_to_xmp(None, first, "one")
    both = add_to_xmp(one, second, "two")
    assert {tag.name for tag in (*first, *second)} <= set(items(both, DC)) | {
        # A tag below other parents is not added to dc:subject twice.
        tag.name
        for tag in first
    }
    assert remove_from_xmp(both, "two") in (one, None if not first else one)
    after_one = remove_from_xmp(both, "one")
    assert {t.name for t in second} <= set(items(after_one or b"<a/>", DC))
    nothing = after_one if after_one is None else remove_from_xmp(after_one, "two")
    assert nothing is None


@given(tags)
def test_adding_twice_changes_nothing(given_tags: list[SidecarTag]) -> None:
    once = add_to_xmp(None, given_tags, "r")
    assert add_to_xmp(once, given_tags, "r") == once


def test_a_thousand_sidecars_survive_with_foreign_properties(documents: dict[str, bytes]) -> None:
    originals = [documents[name] for name in ("adobe", "digikam", "exiftool")]
    for number in range(1000):
        original = originals[number % 3]
        run = f"run-{number}"
        chosen = [SidecarTag(f"tag {number % 7}", 0.5), SidecarTag(f"<{number}&>", None, ("a|b",))]
        assert remove_from_xmp(add_to_xmp(original, chosen, run), run) == original


def test_the_record_alone_shows_nothing_to_other_programs(documents: dict[str, bytes]) -> None:
    data = add_to_xmp(documents["adobe"], TAGS, "r", only_record=True)
    assert items(data, DC) == ["Paris"]
    assert b"sky;0.9700;r" in data
    assert remove_from_xmp(data, "r") == documents["adobe"]


def test_separators_inside_a_name_do_not_become_levels() -> None:
    data = add_to_xmp(None, [SidecarTag("24/7|365", parents=("a/b",))], "r")
    assert items(data, DC) == ["24/7|365"]
    assert items(data, DIGIKAM) == ["a∕b/24∕7∣365"]
    assert remove_from_xmp(data, "r") is None


def test_both_spellings_of_the_windows_namespace(documents: dict[str, bytes]) -> None:
    other = documents["digikam"].replace(b"photo/1.0", b"photo/1.0/")
    data = add_to_xmp(other, TAGS, "r")
    assert items(data, MICROSOFT.replace("1.0", "1.0/")) == [
        "People/Family/Miles",
        "animal/cat",
        "sky",
    ]
    assert remove_from_xmp(data, "r") == other


def test_an_angle_bracket_in_an_attribute(documents: dict[str, bytes]) -> None:
    original = documents["adobe"].replace(b"+0.35", b"'>/>")
    data = add_to_xmp(original, TAGS, "r")
    assert items(data, DC) == ["Paris", "sky", "cat"]
    assert remove_from_xmp(data, "r") == original


def test_another_prefix_for_rdf(documents: dict[str, bytes]) -> None:
    original = documents["adobe"].replace(b"rdf:", b"r:").replace(b"xmlns:rdf", b"xmlns:r")
    data = add_to_xmp(original, TAGS, "r")
    assert items(data, DC) == ["Paris", "sky", "cat"]
    assert items(data, DIGIKAM) == ["Places/France/Paris", "sky", "animal/cat"]
    assert remove_from_xmp(data, "r") == original


def test_bare_names_of_all_properties(documents: dict[str, bytes]) -> None:
    assert xmp_tags(documents["digikam"]) == ["Miles", "cat"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "well-formed"),
        (b"<a>", "well-formed"),
        (b"<a/>", "rdf:Description"),
        ("<a>é</a>".encode("latin-1"), "UTF-8"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type"),
        (b"<a>" * 200 + b"</a>" * 200, "nests"),
    ],
)
def test_no_sidecar_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        add_to_xmp(data, TAGS, "r")


@pytest.mark.parametrize("run", ["", "a;b"])
def test_a_run_without_a_usable_name(run: str) -> None:
    with pytest.raises(UsageError, match="semicolon"):
        add_to_xmp(None, TAGS, run)


def test_a_character_that_xml_cannot_hold() -> None:
    with pytest.raises(DataError, match="XML cannot represent"):
        add_to_xmp(None, [SidecarTag("a\x00b")], "r")


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="needs Debian's exiftool")
def test_exiftool_reads_what_is_written(document: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(add_to_xmp(document, TAGS, "r"))
    command = ["exiftool", "-json", "-XMP-dc:Subject", "-XMP-digiKam:TagsList", "-warning", path]
    read = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)[0]
    assert {"sky", "cat"} <= set(read["Subject"])
    assert {"sky", "animal/cat"} <= set(read["TagsList"])
    assert "Warning" not in read


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="needs Debian's exiftool")
def test_exiftool_extends_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(add_to_xmp(None, TAGS, "r"))
    command = ["exiftool", "-q", "-overwrite_original", "-XMP-dc:Subject+=mine", path]
    subprocess.run(command, check=True)
    left = remove_from_xmp(path.read_bytes(), "r")
    assert left is not None
    assert items(left, DC) == ["mine"]
    assert items(left, DIGIKAM) == []


@pytest.mark.skipif(shutil.which("exiv2") is None, reason="needs Debian's exiv2")
def test_exiv2_reads_what_is_written(document: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(add_to_xmp(document, TAGS, "r"))
    read = subprocess.run(["exiv2", "-px", path], capture_output=True, check=True).stdout.decode()
    fields = {line.split()[0]: line for line in read.splitlines()}
    assert "sky" in fields["Xmp.dc.subject"]
    assert "animal/cat" in fields["Xmp.digiKam.TagsList"]
