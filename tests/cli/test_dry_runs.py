"""Dry runs print what would change: results on stdout, the count on stderr."""

from pathlib import Path

import pytest

from labelsphere.archive.differences import Difference
from labelsphere.archive.sidecar_files import SidecarPlan, SidecarRemoval
from labelsphere.cli.dry_runs import print_differences, print_plans, print_removals


def plan(name: str, *added: str, created: bool = False) -> SidecarPlan:
    return SidecarPlan(Path(f"{name}.jpg"), Path(f"{name}.txt"), "text", (), added, created)


def test_sidecars_are_printed_with_the_tags_that_they_would_get(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_plans([plan("a", "sea", "sky", created=True), plan("b"), plan("c", "cat")])
    printed = capsys.readouterr()
    assert printed.out == "a.txt (new): +sea, +sky\nc.txt: +cat\n"
    assert printed.err == "dry run: 2 of 3 sidecars would change\n"


def test_only_the_first_twenty_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    print_plans([plan(str(number), "sea") for number in range(23)])
    lines = capsys.readouterr().out.splitlines()
    assert (len(lines), lines[19], lines[20]) == (21, "19.txt: +sea", "… and 3 more")


def test_removals_are_printed_with_the_files_that_would_go(
    capsys: pytest.CaptureFixture[str],
) -> None:
    removed = [
        SidecarRemoval(Path("a.txt"), ("sea", "sky"), None),
        SidecarRemoval(Path("b.txt"), ("cat",), b"dog"),
    ]
    print_removals(removed, [Path("tags.csv")])
    printed = capsys.readouterr()
    assert printed.out == "a.txt (gone): -sea, -sky\nb.txt: -cat\ntags.csv (gone)\n"
    assert printed.err == "dry run: 2 sidecars and 1 files would change\n"


def test_differences_name_added_and_removed_tags(capsys: pytest.CaptureFixture[str]) -> None:
    changes = [
        Difference("a.png", ("sea",), ("sky",)),
        Difference("b.png", ("cat",), (), new=True),
        Difference("c.png", (), ("dog",), gone=True),
        Difference("d.png", (), ()),
    ]
    print_differences(Path("tags.csv"), changes)
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "a.png: +sea, -sky",
        "b.png (new): +cat",
        "c.png (gone): -dog",
        "d.png: other probabilities",
    ]
    assert printed.err == "dry run: 4 pictures of tags.csv would change\n"
