"""Tables of the verdict: every method against the best of its rivals."""

from labelsphere.comparison.report.estimates import Estimate, Results, decoders_of
from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.report.numbers import decimals_for, figure, is_number
from labelsphere.comparison.report.table import BEST, Cell, Heading, Row, Table
from labelsphere.comparison.rivals import AT_BEST, FIGURES

NOT_MEASURED = Cell("–")


def contenders(results: Results) -> list[tuple[int, Results]]:
    """Methods that are measured against rivals, with their numbers."""
    return [(n, m) for n, m in enumerate(results["methods"]) if m.get("against_best")]


def at_best_table(results: Results) -> Table:
    """Figures × methods, each under the decoder that validation found best for the figure.

    The first column is the best rival's figure and name; the others are differences from it as
    shares. Bold where the interval does not hold 0.
    """
    found = contenders(results)
    rows = []
    for metric in FIGURES:
        entries = [m["against_best"].get(metric, {}).get(AT_BEST) for _, m in found]
        rival = next((entry for entry in entries if entry), None)
        if rival is None:
            continue
        decimals = decimals_for([rival["rival_value"]])
        first = Cell(figure(rival["rival_value"], decimals), _title(results, rival["rival"]))
        cells = tuple(
            _gain(entry, figure(entry["value"], decimals)) if entry else NOT_MEASURED
            for entry in entries
        )
        rows.append(Row(Heading(metric_name(metric), metric=metric), (first, *cells)))
    headings = (Heading("Best rival"), *(Heading(m["title"], series=n) for n, m in found))
    return Table("Figure", headings if rows else (), tuple(rows))


def decoder_by_decoder(results: Results) -> list[tuple[str, Table]]:
    """For each method: figures × decoders, the difference from the best rival under each."""
    return [
        (str(method["title"]), _under_decoders(results, method))
        for _, method in contenders(results)
    ]


def gain_in_percent(entry: Results) -> tuple[str, str] | None:
    """A difference and its interval as shares of the rival's figure, as printed."""
    base = entry.get("rival_value")
    if not is_number(base) or not base:
        return None
    return (
        signed_percent(entry["difference"] / base),
        f"{signed_percent(entry['low'] / base)} to {signed_percent(entry['high'] / base)}",
    )


def signed_percent(share: float) -> str:
    """A share as a percentage with its sign.

    Examples:
        >>> signed_percent(0.123), signed_percent(-0.04), signed_percent(0.0012)
        ('+12 %', '−4 %', '+0.1 %')
    """
    percent = 100 * share
    decimals = 0 if abs(percent) >= 2 else 1
    return f"{percent:+.{decimals}f} %".replace("-", "−")


def beyond_zero(entry: Results) -> bool:
    """Whether the interval of a difference does not hold 0."""
    return bool(entry["low"] > 0 or entry["high"] < 0)


def _under_decoders(results: Results, method: Results) -> Table:
    decoders = [d for d in decoders_of(results) if d in method["runs"][0]["decoders"]]
    rows = []
    for metric in FIGURES:
        under = method["against_best"].get(metric, {})
        if not under:
            continue
        cells = [_gain(under[d], "") if d in under else NOT_MEASURED for d in decoders]
        rows.append(Row(Heading(metric_name(metric), metric=metric), tuple(cells)))
    headings = tuple(Heading(d, metric=d) for d in decoders)
    return Table("Figure", headings, tuple(rows))


def _gain(entry: Results, value: str) -> Cell:
    told = gain_in_percent(entry)
    mark = BEST if beyond_zero(entry) else ""
    estimate = Estimate(entry["difference"], entry["low"], entry["high"])
    if told is None:
        return Cell(value or "–", mark=mark, estimate=estimate)
    gain, interval = told
    text = f"{value}, {gain}" if value else gain
    return Cell(text, interval, mark, estimate)


def _title(results: Results, name: str) -> str:
    return str(next((m["title"] for m in results["methods"] if m["name"] == name), name))
