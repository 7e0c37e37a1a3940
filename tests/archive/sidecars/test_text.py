import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.archive.sidecars import add_to_text, remove_from_text
from labelsphere.errors import DataError


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        (None, "commas", "sky, sea\n"),
        (None, "lines", "sky\nsea\n"),
        ("", "commas", "sky, sea"),
        ("cat, sky", "commas", "cat, sky, sea"),
        ("cat, sky\n", "commas", "cat, sky, sea\n"),
        ("cat,", "commas", "cat, sky, sea"),
        ("cat\nsky\n", "commas", "cat\nsky\nsea\n"),
        ("cat\r\ndog\r\n", "commas", "cat\r\ndog\r\nsky\r\nsea\r\n"),
        ("cat\n", "lines", "cat\nsky\nsea\n"),
        ("cat", "commas", "cat, sky, sea"),
    ],
)
def test_the_form_that_is_there_is_kept(text: str | None, form: str, expected: str) -> None:
    written, added = add_to_text(text, ["sky", "sea"], form)  # type: ignore[arg-type]
    assert written == expected
    assert added == tuple(name for name in ("sky", "sea") if name not in (text or ""))


def test_nothing_to_add_leaves_the_text_alone() -> None:
    assert add_to_text(" cat ,  sky\n", ["sky", "cat"]) == (" cat ,  sky\n", ())


@pytest.mark.parametrize(
    ("form", "name"), [("commas", "a, b"), ("commas", "a\nb"), ("lines", "a\nb"), ("lines", "a\rb")]
)
def test_a_name_that_would_be_read_as_two_is_refused(form: str, name: str) -> None:
    with pytest.raises(DataError, match="expected a name with"):
        add_to_text(None, [name], form)  # type: ignore[arg-type]


def test_a_comma_may_stand_in_a_line() -> None:
    assert add_to_text("a\nb\n", ["c, d"])[0] == "a\nb\nc, d\n"


words = st.from_regex("[a-zäß_^()' ]{0,6}[a-zäß]", fullmatch=True).map(str.strip)


@given(
    st.lists(words, max_size=4, unique=True),
    st.lists(words, max_size=4, unique=True),
    st.sampled_from([", ", ",", "\n", "\r\n"]),
    st.booleans(),
)
def test_removing_what_was_added_restores_the_text(
    there: list[str], names: list[str], separator: str, ended: bool
) -> None:
    end = "\n" if "," in separator else separator
    text = separator.join(there) + end * (ended and bool(there))
    form = "commas" if "," in separator else "lines"
    written, added = add_to_text(text, names, form)  # type: ignore[arg-type]
    assert remove_from_text(written, added) == text or not there


def test_names_with_blanks_around_them_are_found() -> None:
    assert remove_from_text("cat ,  sky, sea\n", ["sky"]) == "cat , sea\n"
    assert remove_from_text("cat, sky", ["cat"]) == "sky"
    assert remove_from_text("cat", ["cat"]) == ""
