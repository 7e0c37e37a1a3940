from labelsphere.annotations import ReadReport
from labelsphere.annotations.report import number_of


def test_nothing_left_out_is_nothing_told() -> None:
    assert ReadReport(rows=7).remarks() == []


def test_every_count_is_told() -> None:
    report = ReadReport(
        rows=9,
        duplicate_tags=1,
        unknown_tags={"b": 2, "a": 2, "c": 1000},
        absent_tags=3,
        low_confidence=4,
        rare_labels=5,
        notes=["And this."],
    )
    assert report.remarks() == [
        "1 tag given more than once to an image, counted once",
        "3 tags with confidence 0: known to be absent",
        "4 tags below the minimum confidence dropped",
        "5 labels on too few images dropped",
        "3 tags outside the vocabulary dropped, 1,004 uses: c (1000), a (2), b (2)",
        "And this.",
    ]


def test_only_the_commonest_unknown_tags_are_named() -> None:
    (told,) = ReadReport(unknown_tags={f"t{n}": 10 - n for n in range(7)}).remarks()
    assert told.endswith("t0 (10), t1 (9), t2 (8), t3 (7), t4 (6)…")


def test_a_number_agrees_with_its_noun() -> None:
    assert number_of(1, "tag") == "1 tag"
    assert number_of(1234, "tag") == "1,234 tags"
    assert number_of(0, "entry", "entries") == "0 entries"
