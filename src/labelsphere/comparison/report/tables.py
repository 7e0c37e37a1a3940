"""The report's tables of figures, learning rates and cost."""

from collections.abc import Callable, Sequence

from labelsphere.comparison.decoder_names import AS_TRAINED, PRIOR_ADJUSTED, READ_PER_CLASS
from labelsphere.comparison.report.estimates import (
    Results,
    decoders_of,
    estimate,
    mean_over_seeds,
    metrics_of,
    standing,
)
from labelsphere.comparison.report.metric_names import (
    DECODER_METRICS,
    GLOSSES,
    KEY_METRICS,
    metric_name,
)
from labelsphere.comparison.report.numbers import (
    MISSING,
    count,
    decimals_for,
    duration,
    figure,
    rate,
)
from labelsphere.comparison.report.table import (
    BEST,
    LEVEL,
    Cell,
    Heading,
    Row,
    Table,
    method_headings,
)


def main_table(results: Results) -> Table:
    """All metrics × methods, as trained."""
    rows = [
        Row(Heading(metric_name(key), metric=key), _estimates(results, AS_TRAINED, key))
        for key in metrics_of(results, AS_TRAINED)
    ]
    return Table("Figure", method_headings(results), tuple(rows))


def key_rows(results: Results) -> list[tuple[Row, str]]:
    """The rows of the main table that the verdict is about, each in plain words."""
    rows = {row.heading.metric: row for row in main_table(results).rows}
    return [(rows[key], GLOSSES[key]) for key in KEY_METRICS if key in rows]


def decoder_table(results: Results) -> Table:
    """Methods under each decoder × the figures that decoding changes."""
    decoders = decoders_of(results)
    keys = [k for k in DECODER_METRICS if any(k in metrics_of(results, d) for d in decoders)]
    rows = []
    for decoder in decoders:
        columns = [_estimates(results, decoder, key) for key in keys]
        for number, heading in enumerate(method_headings(results)):
            group = decoder if number == 0 else ""
            rows.append(Row(heading, tuple(column[number] for column in columns), group))
    return Table("Method", tuple(Heading(metric_name(k), metric=k) for k in keys), tuple(rows))


def rate_table(results: Results) -> Table:
    """Learning rates tried × methods; the chosen one marked."""
    methods = results["methods"]
    grids = [
        {p["rate"]: p["score"] for p in (m.get("rate") or {}).get("grid", [])} for m in methods
    ]
    rates = sorted({value for grid in grids for value in grid})
    decimals = decimals_for([score for grid in grids for score in grid.values()])
    rows = []
    for value in rates:
        cells = [
            Cell(
                figure(grid.get(value), decimals) if value in grid else MISSING,
                mark=BEST if (m.get("rate") or {}).get("chosen") == value else "",
            )
            for m, grid in zip(methods, grids, strict=True)
        ]
        rows.append(Row(Heading(rate(value)), tuple(cells)))
    return Table("Learning rate", method_headings(results), tuple(rows))


def rate_criterion(results: Results) -> str:
    """Name of what rates were chosen by."""
    stated = [(m.get("rate") or {}).get("criterion", "") for m in results["methods"]]
    return metric_name(next((text for text in stated if text), "score").split(" ")[0])


def rates_at_the_edge(results: Results) -> list[str]:
    """Titles of methods whose chosen rate is the smallest or largest tried, out of several."""
    titles = []
    for method in results["methods"]:
        choice = method.get("rate") or {}
        rates = [point["rate"] for point in choice.get("grid", [])]
        if len(rates) > 1 and choice.get("chosen") in (min(rates), max(rates)):
            titles.append(str(method["title"]))
    return titles


def cost_table(results: Results) -> Table:
    """What each method took: parameters, time, memory; and how its seeds differ."""
    methods = results["methods"]

    def row(title: str, text: Callable[[Results], str]) -> Row:
        return Row(Heading(title), tuple(Cell(text(method)) for method in methods))

    rows = [
        row("Parameters", lambda m: count(m.get("parameters"))),
        row("– of them in the last layer", lambda m: count(m.get("head_parameters"))),
        row("Learning rate", _rate),
        row("Training time, mean of seeds", lambda m: duration(_mean_of_runs(m, "seconds"))),
        row("Peak memory, GiB", lambda m: figure(_mean_of_runs(m, "peak_memory_gib"), 2)),
        *(row(f"Weight s of the log prior, {name}", _scales(name)) for name in PRIOR_ADJUSTED),
        row(f"Weight s of the log prior, {READ_PER_CLASS}", _scales(READ_PER_CLASS)),
        row("Trainings that diverged", _diverged(results)),
        Row(Heading(f"{metric_name('map@100')} by seed, as trained"), _seeds_row(methods)),
    ]
    shown = [line for line in rows if any(cell.text != MISSING for cell in line.cells)]
    return Table("", method_headings(results), tuple(shown))


def _estimates(results: Results, decoder: str, metric: str) -> tuple[Cell, ...]:
    methods = results["methods"]
    found = [estimate(method, decoder, metric) for method in methods]
    decimals = decimals_for([e.mean for e in found if e is not None])
    leads = standing(methods, decoder, metric)
    cells = []
    for method, value in zip(methods, found, strict=True):
        if value is None:
            cells.append(Cell(MISSING))
            continue
        mark = ""
        if leads is not None and method["name"] in leads.level:
            mark = BEST if leads.clear else LEVEL
        interval = ""
        if value.low is not None:
            interval = f"{figure(value.low, decimals)}–{figure(value.high, decimals)}"
        cells.append(Cell(figure(value.mean, decimals), interval, mark, value))
    return tuple(cells)


def _mean_of_runs(method: Results, key: str) -> float | None:
    return mean_over_seeds([run.get(key) for run in method["runs"]])


def _rate(method: Results) -> str:
    chosen = (method.get("rate") or {}).get("chosen")
    return MISSING if chosen is None else rate(chosen)


def _scales(decoder: str) -> Callable[[Results], str]:
    def by_seed(method: Results) -> str:
        chosen = [run["decoders"].get(decoder, {}) for run in method["runs"]]
        return _in_a_row([_scale(one) for one in chosen])

    return by_seed


def _scale(chosen: Results) -> str | None:
    """The scale of a decoder, after what it reads where the head has several readings."""
    if chosen.get("scale") is None:
        return None
    return ": ".join(filter(None, [chosen.get("reading"), figure(chosen["scale"], 2)]))


def _diverged(results: Results) -> Callable[[Results], str]:
    def told(method: Results) -> str:
        of_method = [d for d in results.get("diverged") or [] if d["name"] == method["name"]]
        return str(len(of_method)) if of_method else MISSING

    return told


def _seeds_row(methods: Sequence[Results]) -> tuple[Cell, ...]:
    seeds = [m.get("summary", {}).get(AS_TRAINED, {}).get("map@100", {}) for m in methods]
    values = [summary.get("seeds") or [] for summary in seeds]
    decimals = decimals_for([value for of_one in values for value in of_one])
    return tuple(Cell(_in_a_row([figure(v, decimals) for v in of_one])) for of_one in values)


def _in_a_row(texts: Sequence[str | None]) -> str:
    return ", ".join(text for text in texts if text is not None) or MISSING
