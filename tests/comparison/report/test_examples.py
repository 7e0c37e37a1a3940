from labelsphere.comparison.report.examples import examples


def test_hits_are_the_true_tags(make_results):
    results = make_results(2, 1, examples=3)
    for example, entry in zip(examples(results), results["examples"], strict=True):
        truth = set(entry["truth"])
        for _, _, predictions in example.predictions:
            assert [p.hit for p in predictions] == [p.tag in truth for p in predictions]
        assert example.truth == tuple((tag, True) for tag in entry["truth"])


def test_methods_without_predictions_are_left_out(make_results):
    results = make_results(2, 1, examples=1)
    del results["examples"][0]["predictions"]["logistic"]
    (example,) = examples(results)
    assert [(number, title) for number, title, _ in example.predictions] == [
        (1, "Cosine proximity (the paper)")
    ]


def test_no_examples_at_all():
    assert examples({"methods": []}) == []
