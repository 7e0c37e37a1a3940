"""Tags that look the same are one tag."""

from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import Annotations, stream_annotations
from labelsphere.annotations.letters import plain_letters


@pytest.mark.parametrize("mark", ["\u00ad", "\u200b", "\u2060", "\ufeff"])
def test_letters_that_cannot_be_seen_make_no_tag_of_their_own(tmp_path: Path, mark: str) -> None:
    file = tmp_path / "tags.csv"
    file.write_text(f"image,tags\na,sk{mark}y\nb,{mark}sky\nc,sky\n", encoding="utf-8")
    tags = Annotations.read(file)
    assert tags.vocabulary.names == ("sky",)
    assert tags.report.hidden_letters == 2
    assert any("2 tags read without letters" in told for told in tags.report.remarks())
    assert stream_annotations(file).find_vocabulary().names == ("sky",)


def test_a_blank_that_does_not_break_is_a_blank(tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text("image,tags\na,deep\u00a0sea\nb,deep sea\n", encoding="utf-8")
    assert Annotations.read(file).vocabulary.names == ("deep sea",)


def test_letters_that_join_others_stay() -> None:
    words = pl.Series(["👨\u200d👩\u200d👧", "نمی\u200cخواهم", "a\u3000b"])
    assert plain_letters(words).to_list() == words.to_list()


def test_a_tag_that_cannot_be_seen_at_all_is_not_lost(tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text("image,tags\na,\u2060\nb,sky\n", encoding="utf-8")
    assert len(Annotations.read(file).vocabulary) == 2
