"""Tables of how far methods come with a part of the steps."""

from collections.abc import Sequence
from fractions import Fraction

from labelsphere.comparison.decoder_names import AS_TRAINED, best_decoder
from labelsphere.comparison.report.estimates import Results, estimate
from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.report.numbers import MISSING, decimals_for, duration, figure
from labelsphere.comparison.report.table import BEST, Cell, Heading, Row, Table, method_headings
from labelsphere.comparison.rivals import AT_BEST, FIGURES

VIEWS = (AS_TRAINED, AT_BEST)

BUDGETS_TOLD = (
    "Every budget is a training of its own, with a whole schedule, and chooses its own learning "
    "rate: each point can be had, where a point along a longer training cannot. Dashed: the best "
    "rival's end with all of the steps."
)
REACHED_TOLD = (
    "The smallest budget that ends at or above the best rival's figure with all of the steps, and "
    "how much of that rival's training time it takes."
)
ENDS_TOLD = (
    "Means over seeds, with the training time. Bold: at or above the best rival's figure with all "
    "of the steps."
)
CONSTANT_TOLD = (
    "One training each whose rate stays where it is, as in the paper's Figure 1. The share of the "
    "best rival's steps at the first evaluation at or above that rival's end at a constant rate, "
    "and the share of its time; the true step may be up to one evaluation earlier."
)


def budget_table(results: Results, view: str) -> Table:
    """Figures and budgets × methods: what each ends at; bold where the target is reached.

    Args:
        results: The comparison.
        view: ``AS_TRAINED`` or ``AT_BEST``.
    """
    methods = results["methods"]
    rows = []
    for metric in FIGURES:
        of_metric = [budget_values(method, view, metric) for method in methods]
        shares = sorted({share for values in of_metric for share in values})
        target = _target(methods, view, metric)
        decimals = decimals_for([value for values in of_metric for value, _ in values.values()])
        for number, share in enumerate(shares):
            cells = []
            for values in of_metric:
                value, seconds = values.get(share, (None, None))
                reached = value is not None and target is not None and value >= target
                cells.append(
                    Cell(figure(value, decimals), duration(seconds), BEST if reached else "")
                    if value is not None
                    else Cell(MISSING)
                )
            heading = Heading(f"{fraction(share)} of the steps")
            rows.append(Row(heading, tuple(cells), metric_name(metric) if number == 0 else ""))
    return Table("", method_headings(results), tuple(rows))


def reaching_table(results: Results, *, constant: bool = False) -> Table:
    """Figures × methods: with which part of the steps the best rival's final figure is reached.

    Args:
        results: The comparison.
        constant: Whether along the trainings at a constant rate, instead of by budgets.
    """
    methods = results["methods"]
    found = [(m.get("constant", {}) if constant else m).get("reaching", {}) for m in methods]
    rows = []
    for view in VIEWS:
        keys = [k for k in FIGURES if any(k in of_method.get(view, {}) for of_method in found)]
        for number, key in enumerate(keys):
            entries = [of_method.get(view, {}).get(key) for of_method in found]
            cells = tuple(_reached(entry, constant=constant) for entry in entries)
            heading = Heading(metric_name(key), metric=key)
            rows.append(Row(heading, cells, view if number == 0 else ""))
    return Table("Figure", method_headings(results) if rows else (), tuple(rows))


def budget_values(
    method: Results, view: str, metric: str
) -> dict[float, tuple[float, float | None]]:
    """Mean figure and seconds with each budget, by its share."""
    found = {}
    for budget in method.get("budgets") or []:
        decoder = best_decoder(metric, budget["summary"]) if view == AT_BEST else AS_TRAINED
        value = estimate(budget, decoder, metric)
        if value is not None:
            found[float(budget["share"])] = (value.mean, budget.get("seconds"))
    return found


def has_budgets(results: Results) -> bool:
    """Whether any method was trained with several budgets."""
    return any(method.get("budgets") for method in results["methods"])


def has_constant(results: Results) -> bool:
    """Whether any method was trained at a constant rate."""
    return any(method.get("constant") for method in results["methods"])


def fraction(share: float) -> str:
    """A share as a fraction, or as a number where it is none of few parts.

    Examples:
        >>> fraction(0.0625), fraction(1.0), fraction(0.3)
        ('1/16', '1', '3/10')
    """
    near = Fraction(share).limit_denominator(64)
    return str(near) if abs(float(near) - share) < 1e-9 else f"{share:.3g}"


def _target(methods: Sequence[Results], view: str, metric: str) -> float | None:
    for method in methods:
        found = method.get("reaching", {}).get(view, {}).get(metric)
        if found:
            return float(found["target"])
    return None


def _reached(entry: Results | None, *, constant: bool) -> Cell:
    if not entry:
        return Cell(MISSING)
    seconds, target_seconds = entry.get("seconds"), entry.get("target_seconds")
    time = f"{seconds / target_seconds:.2f} of the time" if seconds and target_seconds else ""
    if entry["share"] is None:
        if constant:
            return Cell("not reached")
        best = max(end["value"] for end in entry["ends"])
        return Cell("not reached", f"{100 * (best / entry['target'] - 1):+.0f} %".replace("-", "−"))
    text = f"{entry['share']:.2f}" if constant else fraction(entry["share"])
    return Cell(text, time)
