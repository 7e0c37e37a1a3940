import pytest

from labelsphere.cli.arguments import option_names


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("name one with the argument `tag_column`", "name one with --tag-column"),
        (
            "give the arguments `tag_column` x and `separator` ' '",
            "give --tag-column x and --separator ' '",
        ),
        ("keep it with the argument `keep`.", "keep it with --keep."),
        ("the tag `tag_column` is odd", "the tag `tag_column` is odd"),
        ("no argument", "no argument"),
    ],
)
def test_arguments_become_options(message: str, shown: str) -> None:
    assert option_names(message) == shown
