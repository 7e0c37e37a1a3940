"""Sections of the report, in order."""

from collections.abc import Mapping
from dataclasses import replace

from labelsphere.comparison.report import tables
from labelsphere.comparison.report.charts import budget_charts, curve_charts
from labelsphere.comparison.report.metric_names import anchor, metric_name
from labelsphere.comparison.report.page import Fact, Page, Section
from labelsphere.comparison.report.plain_words import plain, setting_name
from labelsphere.comparison.report.verdict import verdict
from labelsphere.comparison.results import ComparisonResults
from labelsphere.comparison.trainings import CRITERION_DEFINITION

DELIVERED = (
    "Each method is judged as the tagger that `labelsphere train` gives, the same procedure for "
    "all: learning rate and steps are chosen once on the validation images, the best state of the "
    "network is kept, and the weights of the decoder are fitted once. Metrics of single images and "
    "AP per class use the default decoder, MAP@100 and weighted MAP@100 the specific one. Below "
    "each value: its 95 % interval over the test images. Bold: the highest."
)
DIFFERENCES = (
    "Difference from the best baseline, as a share of its value. Below: the 95 % interval, paired "
    "over test images and seeds. Bold: the interval leaves 0 out. The best baseline is chosen for "
    "each metric by its value on the test images, which favours the baselines."
)
BUDGETS = (
    "Every budget has trainings of its own, with whole schedules and its own choice of the "
    "learning rate. Bold: at or above the best baseline with all of the steps (dashed)."
)
TRIALS = "AP per image on the validation images for each learning rate tried. Bold: the choice."
EXAMPLES = (
    "Test images drawn at random, their true tags, and what each method predicts, best first. "
    "True ones are marked. Tags are incomplete: an unmarked one may still fit. Scores of different "
    "methods are on different scales."
)
EQUAL = (
    "Appendix. Both methods are read with score + s · log prior, and s is chosen on the validation "
    "images for each metric by itself. This shows how much of a difference is the decoder's; no "
    "single tagger reaches all of these values."
)


def page(results: ComparisonResults, opening: Page | None = None) -> Page:
    """The whole report; the comparison follows the opening, if there is one."""
    found = [*_measured(results), *_trained(results)]
    if opening is not None:
        text = (*verdict(results), _lead(results), *found[0].text)
        found[0] = replace(found[0], title="Compared with other methods", text=text)
    # Pictures come first, unless the opening has shown some.
    leading = opening is None and any(example.picture for example in results.examples)
    examples = Section("Example images", (EXAMPLES,), tables.example_table(results))
    found.insert(0 if leading else len(found), examples)
    first = opening or Page("Comparison of taggers", _lead(results), verdict(results))
    sections = (*first.sections, *found, *_shown(results), *_settings(results))
    return replace(
        first,
        sections=tuple(section for section in sections if section.filled),
        footer=f"Labelsphere {results.labelsphere}, {results.created}. All numbers, unrounded, are "
        "in results.json beside this file.",
    )


def _lead(results: ComparisonResults) -> str:
    images = results.data.get("images")
    sizes = images if isinstance(images, Mapping) else {}
    train, val, test = (plain(sizes.get(name)) for name in ("train", "val", "test"))
    return (
        f"{plain(results.data.get('labels'))} tags; {train} images to train on, {val} for "
        f"validation, {test} to test on. All methods share backbone, data, order of images, number "
        "of steps and seeds."
    )


def _measured(results: ComparisonResults) -> tuple[Section, ...]:
    seeds = len(results.methods[0].runs)
    note = (
        f"Means over {seeds} seeds."
        if seeds > 1
        else "One training each: how much another seed would change is not known."
    )
    return (
        Section("As delivered", (DELIVERED,), tables.delivered_table(results), notes=(note,)),
        Section("Against the best baseline", (DIFFERENCES,), tables.difference_table(results)),
        Section("Rare and common tags", (), tables.frequency_table(results)),
    )


def _trained(results: ComparisonResults) -> tuple[Section, ...]:
    edge = tuple(
        f"{title} chose a rate at the edge of those tried; a better one may lie outside."
        for title in tables.trials_at_the_edge(results)
    )
    return (
        Section(
            "While training",
            ("Metrics on the validation images, means over seeds.",),
            tables.cost_table(results),
            curve_charts(results),
            picture="curves.png",
        ),
        Section(
            "With fewer steps",
            (BUDGETS,),
            tables.budget_table(results),
            budget_charts(results),
            picture="budgets.png",
        ),
        Section("Learning rates", (TRIALS,), tables.trial_table(results), notes=edge),
    )


def _shown(results: ComparisonResults) -> tuple[Section, ...]:
    neighbors = "Tags that occur together lie close to each other. With cosine similarity."
    return (
        Section("Nearest tags", (neighbors,), tables.neighbor_table(results)),
        Section("All metrics with both decoders", (), tables.decoder_table(results)),
        Section("Equal decoders", (EQUAL,), tables.equal_decoder_table(results)),
    )


def _settings(results: ComparisonResults) -> tuple[Section, ...]:
    facts = [
        Fact(setting_name(key), plain(value))
        for facts in (results.data, results.settings, results.machine, results.versions)
        for key, value in facts.items()
    ]
    facts += [Fact(method.title, plain(dict(method.recipe))) for method in results.methods]
    definitions = [
        Fact(metric_name(key), sentence, anchor(key))
        for key, sentence in results.definitions.items()
    ]
    interval = (
        "The spread over bootstrap draws of the test images, put around the value; it holds 95 % "
        "of the draws."
    )
    definitions += [Fact("Choice", CRITERION_DEFINITION), Fact("Interval", interval)]
    return (
        Section("Settings", facts=tuple(facts), code=results.command),
        Section("Definitions", facts=tuple(definitions)),
    )
