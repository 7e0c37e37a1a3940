from labelsphere.comparison.report.metric_names import anchor, metric_name


def test_unknown_metrics_stand_for_themselves():
    assert metric_name("new_figure@7") == "new_figure@7"
    assert metric_name("ndcg@5") == "nDCG@5"


def test_anchors_are_plain():
    assert anchor("weighted_map@100") == "definition-weighted-map-100"
