"""The report as GitHub-flavoured Markdown; Figure 1 is the file ``curves.png`` beside it."""

import re
from collections.abc import Sequence

from labelsphere.comparison.report import tables
from labelsphere.comparison.report.budgets import (
    BUDGETS_TOLD,
    CONSTANT_TOLD,
    ENDS_TOLD,
    REACHED_TOLD,
    VIEWS,
    budget_table,
    has_budgets,
    has_constant,
    reaching_table,
)
from labelsphere.comparison.report.definitions import definitions
from labelsphere.comparison.report.estimates import Results, decoders_of
from labelsphere.comparison.report.examples import Prediction, examples
from labelsphere.comparison.report.facts import facts
from labelsphere.comparison.report.frequency import frequency_metrics, frequency_table
from labelsphere.comparison.report.metric_names import metric_name
from labelsphere.comparison.report.numbers import count, figure
from labelsphere.comparison.report.rivals import at_best_table, decoder_by_decoder
from labelsphere.comparison.report.table import BEST, LEVEL, Cell, Table
from labelsphere.comparison.report.verdict import verdict

_MARKS = (
    "Higher is better. In brackets: 95 % interval over test images. **Bold**: clearly above every "
    "other method. ≈: not clearly below the best."
)
_CLEARLY = (
    "- **Clearly**: against a rival, the 95 % interval of the difference on the same test images "
    "and seeds does not hold 0; between two other methods, their intervals do not overlap."
)


def markdown(results: Results) -> str:
    """The whole report. Tags and titles come from users: Markdown's signs in them are escaped."""
    first, *further = [escaped(sentence) for sentence in verdict(results)]
    parts = [
        "# Comparison of taggers",
        f"**{first}**",
        "\n".join(f"- {sentence}" for sentence in further),
        _data(results),
        "## Figures on the test images",
        _MARKS,
        markdown_table(tables.main_table(results)),
        "### What it took",
        markdown_table(tables.cost_table(results)),
        "## The same networks under each decoder",
        markdown_table(tables.decoder_table(results)),
        *_rivals(results),
        *_frequency(results),
        "## While training",
        "![Test figures over training steps and time](curves.png)",
        *_budgets(results),
        *_rates(results),
        *_examples(results),
        *_neighbors(results),
        *_settings(results),
        "## Definitions",
        "\n".join([*_definitions(results), _CLEARLY]),
        "All numbers, unrounded, are in `results.json` beside this file.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    r"""Text in which no sign is read as Markdown or HTML.

    Examples:
        >>> print(escaped("a|b <i> *c*"))
        a\|b \<i\> \*c\*
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~!&$])", r"\\\1", " ".join(text.split()))


def markdown_table(table: Table) -> str:
    """A table with its figures right-aligned; empty if it has no rows."""
    if not table.rows:
        return ""
    grouped = any(row.group for row in table.rows)
    heads = [table.corner, *(column.title for column in table.columns)]
    lines = [_line(["", *heads] if grouped else heads)]
    left = ["---"] * (2 if grouped else 1)
    lines.append("| " + " | ".join([*left, *["---:"] * len(table.columns)]) + " |")
    for row in table.rows:
        cells = [escaped(row.heading.title), *(_cell(cell) for cell in row.cells)]
        lines.append("| " + " | ".join([escaped(row.group), *cells] if grouped else cells) + " |")
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"


def _cell(cell: Cell) -> str:
    text = escaped(cell.text)
    if cell.mark == BEST:
        text = f"**{text}**"
    elif cell.mark == LEVEL:
        text = f"{text} ≈"
    return f"{text} ({cell.interval})" if cell.interval else text


def _data(results: Results) -> str:
    data = results.get("data", {})
    images = data.get("images", {})
    return (
        f"{count(data.get('labels'))} tags; {count(images.get('train'))} images to train on, "
        f"{count(images.get('val'))} to choose learning rates on, {count(images.get('test'))} to "
        "measure on. All methods share network, data, order of images, number of steps and seeds."
    )


def _rivals(results: Results) -> list[str]:
    table = markdown_table(at_best_table(results))
    if not table:
        return []
    told = (
        "Each method under the decoder that is best for the figure on the validation images; in "
        "brackets the 95 % interval of the difference, over test images and seeds. **Bold**: it "
        "does not hold 0. The best rival is the one highest on the test images."
    )
    parts = ["## Against the best rival", told, table]
    for title, by_decoder in decoder_by_decoder(results):
        parts += [
            f"### {escaped(title)}, decoder by decoder",
            "Difference from the best rival under the same decoder.",
            markdown_table(by_decoder),
        ]
    return parts


def _budgets(results: Results) -> list[str]:
    parts: list[str] = []
    if has_budgets(results):
        parts += ["## With a part of the steps", BUDGETS_TOLD]
        parts += ["![Figures by budget, and at a constant rate](budgets.png)"]
        parts += ["### Steps to the best rival's final figure", REACHED_TOLD]
        parts += [markdown_table(reaching_table(results))]
        for view in VIEWS:
            parts += [f"### What each budget ends at, {view}", ENDS_TOLD]
            parts += [markdown_table(budget_table(results, view))]
    if has_constant(results):
        parts += ["## At a constant rate", CONSTANT_TOLD]
        if not has_budgets(results):
            parts += ["![Figures at a constant rate](budgets.png)"]
        parts += [markdown_table(reaching_table(results, constant=True))]
    return parts


def _frequency(results: Results) -> list[str]:
    decoders = decoders_of(results)
    keys = frequency_metrics(results, decoders[0]) if decoders else []
    shown = [(metric_name(key), markdown_table(frequency_table(results, key))) for key in keys]
    parts = [part for name, table in shown for part in (f"### {escaped(name)}", table)]
    return ["## Rare and common tags", *parts] if parts else []


def _rates(results: Results) -> list[str]:
    table = markdown_table(tables.rate_table(results))
    edge = [
        f"{escaped(title)} chose a rate at the edge of those tried; a better one may lie outside."
        for title in tables.rates_at_the_edge(results)
    ]
    score = tables.rate_criterion(results)
    told = (
        f"{score[:1].upper()}{score[1:]} on the validation images for each rate tried; the chosen "
        "one in bold."
    )
    return ["## Learning rates", told, table, *edge] if table else []


def _examples(results: Results) -> list[str]:
    found = examples(results)
    if not found:
        return []
    titles = [escaped(method["title"]) for method in results["methods"]]
    lines = [
        "| " + " | ".join(["Image", "True tags", *titles]) + " |",
        "| " + " | ".join(["---"] * (2 + len(titles))) + " |",
    ]
    for example in found:
        said = {number: predictions for number, _, predictions in example.predictions}
        columns = [_predictions(said.get(number, ())) for number in range(len(titles))]
        truth = ", ".join(escaped(tag) for tag, _ in example.truth)
        lines.append("| " + " | ".join([escaped(example.name), truth, *columns]) + " |")
    told = "Tags as each method ranks them, best first; true ones in bold. Pictures: `report.html`."
    return ["## Example images", told, "\n".join(lines)]


def _predictions(predictions: Sequence[Prediction]) -> str:
    return ", ".join(f"**{escaped(p.tag)}**" if p.hit else escaped(p.tag) for p in predictions)


def _neighbors(results: Results) -> list[str]:
    lines = [
        f"- {escaped(entry['label'])}: "
        + ", ".join(f"{escaped(label)} {figure(value, 2)}" for label, value in entry["neighbors"])
        for entry in results.get("neighbors") or []
    ]
    return ["## Nearest labels", "With cosine proximity.", "\n".join(lines)] if lines else []


def _definitions(results: Results) -> list[str]:
    return [f"- **{escaped(d.name)}**: {escaped(d.sentence)}" for d in definitions(results)]


def _settings(results: Results) -> list[str]:
    command = results.get("command")
    parts = ["## Settings", "    " + " ".join(command.split()) if command else ""]
    for heading, pairs in facts(results).items():
        parts.append(f"### {escaped(heading)}")
        parts.append("\n".join(f"- {escaped(name)}: {escaped(value)}" for name, value in pairs))
    return parts
