from labelsphere.comparison.report.definitions import definitions


def test_metrics_without_a_definition_say_so(make_results):
    results = make_results(1)
    del results["definitions"]["psp@1"]
    found = {d.name: d.sentence for d in definitions(results)}
    assert found["PSP@1"] == "The results do not say how it is defined."
    assert found["MAP@100"] == results["definitions"]["map@100"]
    assert "Prior-adjusted for MAP@100" in found


def test_definitions_that_no_figure_needs_are_not_printed(make_results):
    results = make_results(1)
    results["definitions"]["unused@3"] = "Nothing."
    assert "unused@3" not in {d.name for d in definitions(results)}


def test_anchors_are_unique(make_results):
    anchors = [d.anchor for d in definitions(make_results(2))]
    assert len(set(anchors)) == len(anchors)
