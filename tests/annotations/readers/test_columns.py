import pytest

from labelsphere.annotations.readers.columns import (
    IMAGE_NAMES,
    choose_column,
    plain_name,
    recognise,
)
from labelsphere.errors import DataError


def test_names_are_compared_without_case_and_joints() -> None:
    assert recognise(["File-Name", "Tags"], ["file_name"]) == "File-Name"
    assert recognise(["imageName"], ["image_name"]) == "imageName"
    assert recognise(["ImageID"], ["imageid"]) == "ImageID"
    assert recognise([" image id "], ["image_id"]) == " image id "
    assert recognise(["picture"], ["image"]) is None


def test_the_most_preferred_name_wins_wherever_it_stands() -> None:
    assert recognise(["labels", "tags"], ["tags", "labels"]) == "tags"
    assert recognise(["Tags", "tags"], ["tags"]) == "Tags"


def test_the_users_choice_comes_first() -> None:
    columns = ["id", "what"]
    assert choose_column(columns, "what", ["id"], "image", "image_column") == "what"
    assert choose_column(columns, None, ["id"], "image", "image_column") == "id"


def test_errors_list_the_columns_and_the_option() -> None:
    with pytest.raises(
        DataError, match="as the tags; the columns are: 'id', 'what': name one with the argument"
    ):
        choose_column(["id", "what"], None, ["tags"], "tags", "tag_column")
    with pytest.raises(DataError, match="no column 'q' for the tags; the columns are: 'id'"):
        choose_column(["id"], "q", ["tags"], "tags", "tag_column")
    with pytest.raises(DataError, match="the columns are: none"):
        choose_column([], None, ["tags"], "tags", "tag_column")


@pytest.mark.parametrize(
    "name", ["Image\nName", "\u00a0image  name\u00a0", "image\u200b-name", "\ufeffIMAGE_NAME"]
)
def test_blanks_line_ends_and_unseen_letters_of_a_name_do_not_count(name: str) -> None:
    assert plain_name(name) == "image_name"
    assert recognise([name, "tags"], IMAGE_NAMES) == name


def test_a_message_lists_some_of_many_columns() -> None:
    columns = [f"c{number}" for number in range(5000)]
    with pytest.raises(DataError) as raised:
        choose_column(columns, None, ["tags"], "tags", "tag_column")
    assert "'c0', 'c1'" in str(raised.value)
    assert "'c19' and 4,980 more" in str(raised.value)
    assert len(str(raised.value)) < 400
