import re

import pytest

from labelsphere.comparison.decoder_names import PRIOR_ADJUSTED
from labelsphere.comparison.report.markdown import escaped, markdown, markdown_table
from labelsphere.comparison.report.table import Cell, Heading, Row, Table

NAMES = {
    "MAP@100": "map@100",
    "weighted MAP@100": "weighted_map@100",
    "P@1": "precision@1",
    "P@5": "precision@5",
    "recall@10": "recall@10",
    "nDCG@10": "ndcg@10",
    "PSP@1": "psp@1",
    "AP per image": "image_ap",
    "AP per class": "class_ap",
}


@pytest.fixture(scope="module")
def results(make_results):
    return make_results(5, 3)


@pytest.fixture(scope="module")
def text(results):
    return markdown(results)


def rows_under(text: str, heading: str) -> list[list[str]]:
    part = text.split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def numbers(cell: str) -> list[float]:
    return [float(part) for part in re.findall(r"\d+\.\d+", cell)]


def test_main_table_holds_the_results_figures(results, text):
    rows = rows_under(text, "## Figures on the test images")
    assert [row[0] for row in rows] == list(NAMES)
    for row in rows:
        for cell, method in zip(row[1:], results["methods"], strict=True):
            summary = method["summary"]["as trained"][NAMES[row[0]]]
            expected = [summary["mean"], summary["low"], summary["high"]]
            assert numbers(cell) == pytest.approx(expected, abs=0.0005)


def test_decoder_table_holds_the_results_figures(results, text):
    rows = rows_under(text, "## The same networks under each decoder")
    assert len(rows) == (1 + len(PRIOR_ADJUSTED)) * len(results["methods"])
    keys = ["map@100", "weighted_map@100", "precision@1", "precision@5", "ndcg@10", "image_ap"]
    decoder = ""
    for number, row in enumerate(rows):
        decoder = row[0] or decoder
        method = results["methods"][number % len(results["methods"])]
        assert row[1] == method["title"]
        for key, cell in zip(keys, row[2:], strict=True):
            summary = method["summary"][decoder][key]
            assert numbers(cell)[0] == pytest.approx(summary["mean"], abs=0.0005)


def test_refers_to_figure_1_and_to_no_other_file(text):
    assert re.findall(r"!\[[^\]]*\]\(([^)]*)\)", text) == ["curves.png"]


def test_every_table_is_rectangular(text):
    for block in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE):
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1


def test_one_line_of_an_odd_text_stays_one_cell():
    table = Table("a", (Heading("b"),), (Row(Heading("x | y\n| z |"), (Cell("1"),)),))
    assert markdown_table(table).splitlines()[2] == r"| x \| y \| z \| | 1 |"


def test_empty_table_is_empty_text():
    assert markdown_table(Table("a", ())) == ""


@pytest.mark.parametrize("sign", list("\\`*_{}[]<>#|~!&$"))
def test_signs_of_markdown_are_escaped(sign):
    assert escaped(f"a{sign}b") == f"a\\{sign}b"
