"""The report's tables, from the results."""

from collections.abc import Callable, Mapping, Sequence
from math import inf
from statistics import fmean

from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.report.numbers import (
    MISSING,
    decimal,
    decimals_for,
    duration,
    fraction,
    signed_percent,
)
from labelsphere.comparison.report.page import Cell, Heading, ListItem, Row, Table
from labelsphere.comparison.results import (
    REPORTED_METRICS,
    ComparisonResults,
    ExampleTag,
    MethodResult,
    MetricDifference,
)
from labelsphere.tagger.decoders import DecoderWeights
from labelsphere.tagger.report import MetricValue

FREQUENCY_METRICS = ("class_ap", "recall@10", "map@100")


def method_headings(results: ComparisonResults) -> tuple[Heading, ...]:
    """One heading a method, in the methods' order."""
    return tuple(Heading(m.title, series=number) for number, m in enumerate(results.methods))


def delivered_table(results: ComparisonResults) -> Table:
    """Metrics × methods, each with its interval; the highest value bold."""
    rows = []
    for metric in REPORTED_METRICS:
        found = [results.delivered[method.name][metric] for method in results.methods]
        decimals = decimals_for([estimate.value for estimate in found])
        best = max(e.value for e in found) if len(found) > 1 else inf
        cells = tuple(_estimate(e, decimals, best=e.value == best) for e in found)
        rows.append(Row(_metric(metric), cells))
    return Table("Metric", method_headings(results), tuple(rows))


def difference_table(results: ComparisonResults) -> Table:
    """Metrics × methods: the difference from the best baseline as a share of its value."""
    compared = [
        (method.differences, heading)
        for method, heading in zip(results.methods, method_headings(results), strict=True)
        if method.differences and not method.baseline
    ]
    rows = []
    for metric in REPORTED_METRICS if compared else ():
        found = [differences[metric] for differences, _ in compared]
        rows.append(Row(_metric(metric), (_baseline(found[0], results), *map(_difference, found))))
    headings = (Heading("Best baseline"), *(heading for _, heading in compared))
    return Table("Metric", headings, tuple(rows))


def decoder_table(results: ComparisonResults) -> Table:
    """Every metric with both decoders × methods, means over seeds."""
    rows = []
    for decoder in ("default", "specific"):
        found = [[getattr(run, decoder).values for run in m.runs] for m in results.methods]
        rows += [
            _means(_metric(metric), metric, found, f"{decoder} decoder") for metric in found[0][0]
        ]
    return Table("Metric", method_headings(results), tuple(rows))


def frequency_table(results: ComparisonResults) -> Table:
    """Buckets of training counts × methods, metric by metric, means over seeds."""
    rows = []
    for metric in FREQUENCY_METRICS:
        found = [[r.judged_by(metric).by_frequency for r in m.runs] for m in results.methods]
        for bucket in [b for b, values in found[0][0].items() if metric in values]:
            heading = Heading(bucket.replace("-", "–"))
            of_bucket = [[values[bucket] for values in runs] for runs in found]
            rows.append(_means(heading, metric, of_bucket, metric_name(metric)))
    return Table("Training images with the tag", method_headings(results), tuple(rows))


def cost_table(results: ComparisonResults) -> Table:
    """Cost of each method, and the spread of its seeds."""
    text_of: dict[str, Callable[[MethodResult], str]] = {
        "Parameters": lambda m: f"{m.parameters:,}",
        "Parameters of the last layer": lambda m: f"{m.head_parameters:,}",
        "Learning rate": lambda m: f"{m.choice.rate:.3g}",
        "Steps": lambda m: f"{m.choice.steps:,}",
        "Step of the weights kept": lambda m: ", ".join(f"{r.best_step:,}" for r in m.runs),
        "Training time, mean": lambda m: duration(fmean(r.seconds for r in m.runs)),
        "Peak memory, GiB": lambda m: decimal(max(r.peak_memory_gib for r in m.runs), 2),
        "Weights of the decoder's terms": lambda m: _weights(m, lambda w: w.terms),
        "Weight of the prior, default": lambda m: _weights(m, lambda w: (w.prior,)),
        "Weight of the prior, specific": lambda m: _weights(m, lambda w: (w.specific_prior,)),
        "Concentration of tag sets": lambda m: _weights(m, lambda w: (w.concentration,)),
        "AP per image by seed": lambda m: ", ".join(
            decimal(run.default.values["image_ap"]) for run in m.runs
        ),
    }
    rows = tuple(
        Row(Heading(title), tuple(Cell(text(method)) for method in results.methods))
        for title, text in text_of.items()
    )
    return Table("", method_headings(results), rows)


def trial_table(results: ComparisonResults) -> Table:
    """Rates and steps tried × methods: AP per image on validation, the choice bold."""
    choices = [method.choice for method in results.methods]
    scores = [{(t.rate, t.steps): t.score for t in choice.trials} for choice in choices]
    rows = []
    for rate, steps in sorted({tried for of_method in scores for tried in of_method}):
        cells = tuple(
            Cell(
                decimal(of_method.get((rate, steps))),
                best=(rate, steps) == (choice.rate, choice.steps),
            )
            for of_method, choice in zip(scores, choices, strict=True)
        )
        rows.append(Row(Heading(f"{rate:.3g}, {steps:,} steps"), cells))
    return Table("Learning rate and steps", method_headings(results), tuple(rows))


def trials_at_the_edge(results: ComparisonResults) -> list[str]:
    """Titles of methods whose chosen rate is the smallest or largest tried, out of several."""
    titles = []
    for method in results.methods:
        rates = {trial.rate for trial in method.choice.trials}
        if len(rates) > 1 and method.choice.rate in (min(rates), max(rates)):
            titles.append(method.title)
    return titles


def budget_table(results: ComparisonResults) -> Table:
    """Metrics and budgets × methods; bold at or above the best baseline with all of the steps."""
    by_method = [{budget.share: budget for budget in m.budgets} for m in results.methods]
    rows = []
    for metric in REPORTED_METRICS:
        target = next((m.reached[metric].target for m in results.methods if m.reached), inf)
        for share in sorted({share for budgets in by_method for share in budgets}):
            cells = []
            for budget in (budgets.get(share) for budgets in by_method):
                if budget is None:
                    cells.append(Cell(MISSING))
                else:
                    value = budget.delivered[metric].value
                    cells.append(Cell(decimal(value), duration(budget.seconds), value >= target))
            heading = Heading(f"{fraction(share)} of the steps")
            rows.append(Row(heading, tuple(cells), metric_name(metric)))
    return Table("", method_headings(results), tuple(rows))


def equal_decoder_table(results: ComparisonResults) -> Table:
    """Metrics: the paper's method against logistic regression, each with its own prior weight."""
    found = results.equal_decoders
    if found is None:
        return Table("Metric", ())
    both = (found.method, found.baseline)
    rows = []
    for metric, entry in found.differences.items():
        scales = [
            Cell(", ".join(decimal(scale, 2) for scale in found.scales[name][metric]))
            for name in both
        ]
        cells = (_baseline(entry, results), _difference(entry), *scales)
        rows.append(Row(_metric(metric), cells))
    titles = [results.title_of(name) for name in both]
    headings = ("Baseline", titles[0], *(f"weight of the prior, {title}" for title in titles))
    return Table("Metric", tuple(Heading(text) for text in headings), tuple(rows))


def example_table(results: ComparisonResults) -> Table:
    """Test images × methods: predicted tags, best first; hits marked."""
    rows = []
    for example in results.examples:
        said = {tag.label for tags in example.predictions.values() for tag in tags}
        truth = Cell(items=tuple(ListItem(tag, marked=tag in said) for tag in example.truth))
        predicted = [
            Cell(items=_items(example.predictions.get(method.name, ()), example.truth))
            for method in results.methods
        ]
        held = example.picture
        picture = held if held and held.startswith("data:image/") else None
        rows.append(Row(Heading(example.image_id, picture=picture), (truth, *predicted)))
    headings = (Heading("True tags"), *method_headings(results))
    return Table("Image", headings, tuple(rows))


def neighbor_table(results: ComparisonResults) -> Table:
    """Frequent tags and those nearest to them in the first label space."""
    rows = [
        Row(Heading(entry.label), (Cell(items=_items(entry.neighbors, ())),))
        for entry in results.neighbors
    ]
    return Table("Tag", (Heading("Nearest tags"),), tuple(rows))


def _metric(key: str) -> Heading:
    return Heading(metric_name(key), key)


def _means(
    heading: Heading, metric: str, found: Sequence[Sequence[Mapping[str, float]]], group: str
) -> Row:
    """Each method's mean over seeds of a metric, with equal decimals."""
    means = [fmean(values[metric] for values in runs) for runs in found]
    return Row(heading, tuple(Cell(decimal(mean, decimals_for(means))) for mean in means), group)


def _estimate(estimate: MetricValue, decimals: int, *, best: bool) -> Cell:
    interval = f"{decimal(estimate.low, decimals)}–{decimal(estimate.high, decimals)}"
    return Cell(decimal(estimate.value, decimals), interval, best)


def _baseline(found: MetricDifference, results: ComparisonResults) -> Cell:
    value = found.baseline_value
    return Cell(decimal(value, decimals_for([value])), results.title_of(found.baseline))


def _difference(found: MetricDifference) -> Cell:
    """A difference and its interval as shares; bold where the interval leaves 0 out."""
    base = found.baseline_value
    if not base:
        return Cell(decimal(found.difference, 4))
    interval = f"{signed_percent(found.low / base)} to {signed_percent(found.high / base)}"
    return Cell(signed_percent(found.difference / base), interval, found.verdict != "level")


def _weights(method: MethodResult, of: Callable[[DecoderWeights], Sequence[float | None]]) -> str:
    """Some of a decoder's weights, seed by seed."""
    found = [of(run.weights) for run in method.runs if run.weights is not None]
    return "; ".join(", ".join(decimal(value, 2) for value in values) for values in found)


def _items(tags: Sequence[ExampleTag], truth: Sequence[str]) -> tuple[ListItem, ...]:
    return tuple(ListItem(tag.label, decimal(tag.score, 2), tag.label in truth) for tag in tags)
