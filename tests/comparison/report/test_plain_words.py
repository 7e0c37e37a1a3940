from labelsphere.comparison.report.plain_words import plain


def test_plain_values() -> None:
    assert [plain(v) for v in (True, None, "", 1600, 0.00012345, {}, {"a": {"b": [1, 2]}})] == [
        "yes",
        "none",
        "none",
        "1,600",
        "0.0001234",
        "none",
        "a b 1, 2",
    ]
