"""What the options of runs over archives are made into."""

from pathlib import Path

import pytest

from labelsphere.cli.archive_options import WritingOptions
from labelsphere.errors import UsageError
from labelsphere.tagger.tag import Tag

TAGS = tuple(
    Tag(name, 1.0 - rank / 10, 1.0 - rank / 10, accepted=rank < 3, suggested=rank >= 3)
    for rank, name in enumerate(["sea", "artist:ann", "artist:bob", "sky"])
)


def written(options: WritingOptions) -> list[str]:
    return [tag.label for tag in options.tag_filter().apply(TAGS)]


def test_all_tags_are_written_unless_an_option_says_otherwise() -> None:
    assert written(WritingOptions()) == ["sea", "artist:ann", "artist:bob", "sky"]
    assert written(WritingOptions(accepted_only=True)) == ["sea", "artist:ann", "artist:bob"]
    assert written(WritingOptions(at_most=2)) == ["sea", "artist:ann"]
    assert written(WritingOptions(at_most_per_category=1)) == ["sea", "artist:ann", "sky"]


def test_files_name_blocked_tags_categories_and_parents(tmp_path: Path) -> None:
    (tmp_path / "blocked.txt").write_text("artist:ann\n\n artist:bob \n")
    (tmp_path / "categories.csv").write_text("tag,category\nsea,water\nsky,water\n")
    (tmp_path / "parents.csv").write_text("child,parent\nsea,nature\n")
    block = (str(tmp_path / "blocked.txt"), "sky")
    assert written(WritingOptions(block=block)) == ["sea"]
    by_table = WritingOptions(at_most_per_category=1, categories=tmp_path / "categories.csv")
    assert written(by_table) == ["sea", "artist:ann", "artist:bob"]
    parents = WritingOptions(at_most=1, implied=tmp_path / "parents.csv")
    assert written(parents) == ["sea", "nature"]


def test_unknown_names_and_options_without_effect_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--sidecars must be one of text, xmp, but got 'pdf'"):
        WritingOptions(sidecars="pdf")
    with pytest.raises(UsageError, match="--sidecar-names must be stem or full"):
        WritingOptions(sidecar_names="short")
    with pytest.raises(UsageError, match="--categories does nothing without"):
        WritingOptions(categories=tmp_path / "categories.csv").tag_filter()
