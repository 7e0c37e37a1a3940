from labelsphere.comparison.report.verdict import verdict


def test_a_clear_leader_is_named(make_results):
    first, against, second, third, fourth = verdict(make_results(2, strengths=(1.0, 0.5)))
    assert first == "Logistic regression leads clearly on MAP@100, weighted MAP@100 and P@1."
    assert against.startswith(
        "Each at its best decoder, Cosine proximity (the paper) is clearly below the best rival on "
        "weighted MAP@100 ("
    )
    assert second.endswith("each method's weight of common tags is tuned for MAP@100.")
    assert third.endswith("each method's weight of common tags is tuned for AP per image.")
    assert fourth.startswith("Cosine proximity (the paper) does not reach Logistic regression's")
    assert fourth.endswith("within 1,600 steps.")


def test_equal_methods_have_no_leader(make_results):
    first = verdict(make_results(2, 1, strengths=(1.0, 1.0)))[0]
    assert first == "No method leads clearly on MAP@100, weighted MAP@100 and P@1."


def test_figures_that_disagree_are_told_apart(make_results):
    results = make_results(2, strengths=(1.0, 0.5))
    for metric, gain in (("precision@1", 2.5), ("weighted_map@100", 2.0)):
        for figures in results["methods"][1]["summary"].values():
            for key in ("mean", "low", "high"):
                figures[metric][key] *= gain
        for figures in results["methods"][1]["versus"]["logistic"].values():
            mean = figures[metric]["low"] = figures[metric]["difference"] = 0.1 * (gain - 2)
            figures[metric]["high"] = mean + 0.1
    assert verdict(results)[0] == (
        "Logistic regression leads clearly on MAP@100; Cosine proximity (the paper) leads clearly "
        "on P@1; no method leads clearly on weighted MAP@100."
    )


def test_steps_to_the_baseline_are_told(make_results):
    results = make_results(2, strengths=(1.0, 1.4))
    target = results["methods"][1]["steps_to_baseline"]
    told = verdict(results)[-1]
    assert told == (
        f"Cosine proximity (the paper) reaches Logistic regression's final MAP@100 "
        f"({target['target']:.3f}) after {target['steps']:,} of 1,600 steps "
        f"({100 * target['share']:.0f} %)."
    )


def test_several_that_never_get_there_share_a_sentence(make_results):
    sentences = verdict(make_results(5))
    assert len(sentences) == 4 + 5
    assert sentences[-1].startswith("Not reaching Logistic regression's final MAP@100")
    assert sentences[-1].count(";") == 2


def test_one_method_is_compared_with_nothing(make_results):
    results = make_results(1)
    (only,) = verdict(results)
    mean = results["methods"][0]["summary"]["as trained"]["map@100"]["mean"]
    assert only.startswith(f"Logistic regression reaches MAP@100 {mean:.3f}, weighted MAP@100 ")
    assert only.endswith("no other method was trained to compare it with.")
    assert verdict({"methods": []}) == ["No method was trained."]


def test_each_method_is_told_against_the_best_rival(make_results):
    results = make_results(3, strengths=(1.0, 1.4, 1.0))
    for key, gain in (("precision@1", -0.1), ("precision@5", 0.0)):
        entry = results["methods"][1]["against_best"][key]["each at its best"]
        entry |= {"difference": gain, "low": gain - 0.01, "high": gain + 0.01, "rival_value": 0.2}
    told = [sentence for sentence in verdict(results) if sentence.startswith("Each at its best")]
    assert len(told) == 2
    assert "is clearly above the best rival on weighted MAP@100 (+" in told[0]
    assert "; is not clearly apart from it on P@5 (+0.0 %)" in told[0]
    assert told[0].endswith("; is clearly below it on P@1 (−50 %).")
    assert "is not clearly apart from the best rival on" in told[1]


def test_budgets_tell_the_part_of_the_steps_that_was_enough(make_results):
    results = make_results(3, strengths=(1.0, 1.7, 0.5), budgets=True)
    told = verdict(results)[-2:]
    target = results["methods"][0]["reaching"]["each at its best"]["weighted_map@100"]["target"]
    aim = f"the final weighted MAP@100 of Logistic regression ({target:.3f}), each at its best"
    assert told == [
        f"Cosine proximity (the paper) reaches {aim} decoder, with 1/2 of the steps.",
        f"Cosine proximity (the paper), dim=512 does not reach {aim} decoder.",
    ]


def test_what_diverged_is_told(make_results):
    results = make_results(2)
    gone = {"name": "gone", "title": "Gone", "rate": 1.0, "seed": 0, "reason": "NaN"}
    paper = {**gone, "name": "paper", "title": "Cosine proximity (the paper)"}
    results["diverged"] = [gone, paper, gone]
    assert verdict(results)[-2:] == [
        "Gone diverged in 2 of its trainings and has no figures.",
        "Cosine proximity (the paper) diverged in 1 of its trainings, which its figures leave out.",
    ]
