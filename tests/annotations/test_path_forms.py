import pytest

from labelsphere.annotations.path_forms import is_absolute, rewritten, shared_folder


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("a.jpg", "a.jpg"),
        (r"photos\a.jpg", "photos/a.jpg"),
        (r".\photos\a.jpg", "photos/a.jpg"),
        ("././a.jpg", "a.jpg"),
        (".//a.jpg", "a.jpg"),
        (r"\\server\share\a.jpg", "//server/share/a.jpg"),
        ("100%.jpg", "100%.jpg"),
        ("my%20photo%21.jpg", "my photo!.jpg"),
        ("FILE:///tmp/a%23b.jpg", "/tmp/a#b.jpg"),
        ("file:///C:/a.jpg", "C:/a.jpg"),
        ("file://localhost/tmp/a.jpg", "/tmp/a.jpg"),
        ("%E9.jpg", "\udce9.jpg"),
        ("https://example.org/a.jpg", "https://example.org/a.jpg"),
    ],
)
def test_paths_as_this_system_writes_them(path: str, plain: str) -> None:
    assert rewritten(path) == plain


def test_absolute_paths_of_both_systems() -> None:
    assert all(map(is_absolute, ["/a", r"\a", "C:/a", r"c:\a", "C:a"]))
    assert not any(map(is_absolute, ["a/b", "a", "", "./a"]))


def test_what_absolute_paths_have_in_common() -> None:
    assert shared_folder(["/d/x/a.jpg", "/d/xy/b.jpg", "rel/c.jpg"]) == "/d"
    assert shared_folder(["/d/x/a.jpg"]) == "/d/x"
    assert shared_folder(["/d/x/y/a.jpg", "/d/x/b.jpg"]) == "/d/x"
    assert shared_folder(["C:/a.jpg", "D:/a.jpg"]) == ""
    assert shared_folder(["rel/c.jpg"]) == ""
