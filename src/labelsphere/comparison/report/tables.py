"""The report's tables, from the results."""

from collections.abc import Callable, Sequence
from math import inf

from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.report.numbers import (
    MISSING,
    count_text,
    decimal,
    decimals_for,
    duration,
    fraction,
    rate,
    signed_percent,
)
from labelsphere.comparison.report.page import BEST, Cell, Heading, ListItem, Row, Table
from labelsphere.comparison.results import (
    REPORTED_METRICS,
    ComparisonResults,
    Estimate,
    ExampleTag,
    MethodResult,
    MetricDifference,
)
from labelsphere.tagger.decoders import DecoderWeights

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
        rows.append(Row(Heading(metric_name(metric), metric), cells))
    return Table("Metric", method_headings(results), tuple(rows))


def difference_table(results: ComparisonResults) -> Table:
    """Metrics × methods: the difference from the best baseline as a share of its value."""
    contenders = [
        (number, method)
        for number, method in enumerate(results.methods)
        if method.differences and not method.baseline
    ]
    rows = []
    for metric in REPORTED_METRICS if contenders else ():
        first = contenders[0][1].differences[metric]
        baseline = Cell(
            decimal(first.baseline_value, decimals_for([first.baseline_value])),
            results.title_of(first.baseline),
        )
        cells = (baseline, *(difference_cell(m.differences[metric]) for _, m in contenders))
        rows.append(Row(Heading(metric_name(metric), metric), cells))
    headings = (Heading("Best baseline"), *(Heading(m.title, series=n) for n, m in contenders))
    return Table("Metric", headings, tuple(rows))


def difference_cell(found: MetricDifference) -> Cell:
    """A difference and its interval as shares; bold where the interval leaves 0 out."""
    base = found.baseline_value
    if not base:
        return Cell(decimal(found.difference, 4))
    interval = f"{signed_percent(found.low / base)} to {signed_percent(found.high / base)}"
    mark = "" if found.verdict == "level" else BEST
    return Cell(signed_percent(found.difference / base), interval, mark)


def decoder_table(results: ComparisonResults) -> Table:
    """Every metric with both decoders × methods, means over seeds."""
    rows: list[Row] = []
    for name in ("default", "specific"):
        for number, metric in enumerate(getattr(results.methods[0].runs[0], name).values):
            values = [
                _mean([getattr(run, name).values[metric] for run in method.runs])
                for method in results.methods
            ]
            cells = tuple(Cell(decimal(value, decimals_for(values))) for value in values)
            group = f"{name} decoder" if number == 0 else ""
            rows.append(Row(Heading(metric_name(metric), metric), cells, group))
    return Table("Metric", method_headings(results), tuple(rows))


def frequency_table(results: ComparisonResults) -> Table:
    """Buckets of training counts × methods, metric by metric, means over seeds."""
    rows = []
    for metric in FREQUENCY_METRICS:
        by_method = [
            [run.judged_by(metric).by_frequency for run in method.runs]
            for method in results.methods
        ]
        buckets = [b for b, values in by_method[0][0].items() if metric in values]
        for number, bucket in enumerate(buckets):
            values = [_mean([run[bucket][metric] for run in runs]) for runs in by_method]
            cells = tuple(Cell(decimal(value, decimals_for(values))) for value in values)
            group = metric_name(metric) if number == 0 else ""
            rows.append(Row(Heading(bucket.replace("-", "–")), cells, group))
    return Table("Training images with the tag", method_headings(results), tuple(rows))


def cost_table(results: ComparisonResults) -> Table:
    """Cost of each method, and the spread of its seeds."""

    def row(title: str, text: Callable[[MethodResult], str]) -> Row:
        return Row(Heading(title), tuple(Cell(text(method)) for method in results.methods))

    def by_seed(method: MethodResult) -> str:
        return ", ".join(decimal(run.default.values["image_ap"], 3) for run in method.runs)

    rows = (
        row("Parameters", lambda m: count_text(m.parameters)),
        row("Parameters of the last layer", lambda m: count_text(m.head_parameters)),
        row("Learning rate", lambda m: rate(m.choice.rate)),
        row("Steps", lambda m: count_text(m.choice.steps)),
        row(
            "Step of the weights kept", lambda m: ", ".join(count_text(r.best_step) for r in m.runs)
        ),
        row("Training time, mean", lambda m: duration(_mean([r.seconds for r in m.runs]))),
        row("Peak memory, GiB", lambda m: decimal(max(r.peak_memory_gib for r in m.runs), 2)),
        row("Weights of the decoder's terms", lambda m: _weights(m, lambda w: w.terms)),
        row("Weight of the prior, default", lambda m: _weights(m, lambda w: (w.prior,))),
        row("Weight of the prior, specific", lambda m: _weights(m, lambda w: (w.specific_prior,))),
        row("Concentration of tag sets", lambda m: _weights(m, lambda w: (w.concentration,))),
        row("AP per image by seed", by_seed),
    )
    return Table("", method_headings(results), rows)


def trial_table(results: ComparisonResults) -> Table:
    """Rates and steps tried × methods: AP per image on validation, the choice bold."""
    scores = [{(t.rate, t.steps): t.score for t in m.choice.trials} for m in results.methods]
    rows = []
    for tried in sorted({key for of_method in scores for key in of_method}):
        cells = [
            Cell(
                decimal(of_method.get(tried)),
                mark=BEST if tried == (method.choice.rate, method.choice.steps) else "",
            )
            for of_method, method in zip(scores, results.methods, strict=True)
        ]
        rows.append(Row(Heading(f"{rate(tried[0])}, {count_text(tried[1])} steps"), tuple(cells)))
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
    rows = []
    for metric in REPORTED_METRICS:
        by_method = [{b.share: b for b in method.budgets} for method in results.methods]
        targets = [m.reached[metric].target for m in results.methods if m.reached]
        shares = sorted({share for budgets in by_method for share in budgets})
        for number, share in enumerate(shares):
            cells = []
            for budgets in by_method:
                if share not in budgets:
                    cells.append(Cell(MISSING))
                    continue
                value = budgets[share].delivered[metric].value
                mark = BEST if targets and value >= targets[0] else ""
                cells.append(Cell(decimal(value), duration(budgets[share].seconds), mark))
            group = metric_name(metric) if number == 0 else ""
            rows.append(Row(Heading(f"{fraction(share)} of the steps"), tuple(cells), group))
    return Table("", method_headings(results), tuple(rows))


def equal_decoder_table(results: ComparisonResults) -> Table:
    """Metrics: the paper's method against logistic regression, each with its own prior weight."""
    found = results.equal_decoders
    if found is None:
        return Table("Metric", ())
    rows = []
    for metric, entry in found.differences.items():
        value = Cell(decimal(entry.baseline_value), results.title_of(found.baseline))
        scales = [
            Cell(", ".join(decimal(scale, 2) for scale in found.scales[name][metric]))
            for name in (found.method, found.baseline)
        ]
        cells = (value, difference_cell(entry), *scales)
        rows.append(Row(Heading(metric_name(metric), metric), cells))
    titles = [results.title_of(name) for name in (found.method, found.baseline)]
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


def _weights(method: MethodResult, of: Callable[[DecoderWeights], Sequence[float | None]]) -> str:
    """Some of a decoder's weights, seed by seed."""
    found = [of(run.weights) for run in method.runs if run.weights is not None]
    return "; ".join(", ".join(decimal(value, 2) for value in values) for values in found)


def _items(tags: Sequence[ExampleTag], truth: Sequence[str]) -> tuple[ListItem, ...]:
    return tuple(ListItem(tag.label, decimal(tag.score, 2), tag.label in truth) for tag in tags)


def _estimate(estimate: Estimate, decimals: int, *, best: bool) -> Cell:
    interval = f"{decimal(estimate.low, decimals)}–{decimal(estimate.high, decimals)}"
    return Cell(decimal(estimate.value, decimals), interval, BEST if best else "")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
