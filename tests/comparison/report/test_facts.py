from labelsphere.comparison.report.facts import facts, plain


def test_every_setting_is_told(make_results):
    results = make_results(2)
    told = facts(results)
    assert list(told) == ["Data", "Settings", "Machine", "Versions", "Recipes"]
    assert [name for name, _ in told["Versions"]] == list(results["versions"])
    assert len(told["Settings"]) == len(results["settings"])
    assert ("images", "train 19,228, val 2,344, test 2,298") in told["Data"]


def test_plain_values():
    assert [plain(v) for v in (True, None, "", 1600, 0.00012345, {}, {"a": {"b": [1, 2]}})] == [
        "yes",
        "none",
        "none",
        "1,600",
        "0.0001234",
        "none",
        "a b 1, 2",
    ]
