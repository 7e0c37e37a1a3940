import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from PIL import Image

from labelsphere.comparison.report import html, write_report
from labelsphere.comparison.results import Example, ExampleTag, Neighbors

ATTACK = "<script>alert('tag')</script>\"'&|*$x_1$"


class Page(HTMLParser):
    """Collects what a browser would fetch or run, and the text it would show."""

    FETCHING = frozenset({"src", "srcset", "href", "xlink:href", "data", "action", "poster"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.scripts = 0
        self.handlers: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.scripts += tag in {"script", "iframe", "object", "embed", "link", "base"}
        for name, value in attrs:
            if name in self.FETCHING:
                self.addresses.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)
            if name == "id":
                self.ids.append(value or "")

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def picture() -> str:
    buffer = io.BytesIO()
    Image.new("L", (8, 8), 90).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


@pytest.fixture(scope="module")
def written(make_results, picture, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    results = make_results(picture=picture, budgets=False)
    write_report(results, folder)
    return results, folder


def test_writes_three_files_and_with_budgets_a_fourth(written, make_results, tmp_path):
    _, folder = written
    three = ["curves.png", "report.html", "report.md"]
    assert sorted(path.name for path in folder.iterdir()) == three
    write_report(make_results(), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["budgets.png", *three]


def test_writing_twice_gives_the_same_bytes(written, tmp_path):
    results, folder = written
    write_report(results, tmp_path)
    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_page_fetches_nothing(written):
    text = (written[1] / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.addresses
    assert all(address.startswith(("#", "data:image/")) for address in page.addresses)
    assert page.scripts == 0
    assert page.handlers == []
    assert not re.search(r"url\(\s*['\"]?(?!#)", text)
    assert "@import" not in text


def test_links_inside_the_page_have_their_targets(written):
    page = Page((written[1] / "report.html").read_text(encoding="utf-8"))
    inside = {address[1:] for address in page.addresses if address.startswith("#")}
    assert inside <= set(page.ids)
    own = [name for name in page.ids if name.startswith("definition-")]
    assert len(set(own)) == len(own)


def test_pictures_are_inside_the_page(written, picture):
    page = Page((written[1] / "report.html").read_text(encoding="utf-8"))
    assert page.addresses.count(picture) == 1


def test_pictures_come_first_and_examples_without_them_late(written, make_results):
    with_pictures = (written[1] / "report.html").read_text(encoding="utf-8")
    without = html(make_results())
    for text, first in ((with_pictures, True), (without, False)):
        examples, delivered = text.index("<h2>Example images"), text.index("<h2>As delivered")
        assert (examples < delivered) == first


def test_pictures_elsewhere_are_not_fetched(make_results, tmp_path):
    write_report(make_results(picture="https://example.org/a.png"), tmp_path)
    assert "example.org" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_values_verdict_and_definitions_are_in_both_forms(written):
    results, folder = written
    markdown = (folder / "report.md").read_text(encoding="utf-8")
    page = Page((folder / "report.html").read_text(encoding="utf-8")).text
    for text in (page, markdown):
        for piece in ("0.439", "0.389–0.409", "+10 %", "Sphere is ahead on P@1", "Definitions"):
            assert piece in text
        assert not re.search(r"\b(None|nan|Undefined)\b", text)
        for sentence in results.definitions.values():
            assert sentence in text


def test_every_markdown_table_has_equal_rows(written):
    markdown = (written[1] / "report.md").read_text(encoding="utf-8")
    tables = [block.splitlines() for block in markdown.split("\n\n") if block.startswith("|")]
    assert len(tables) >= 8
    for table in tables:
        assert table[1].startswith("| ---")
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table}) == 1


def test_text_from_users_is_neither_markup_nor_mathematics(make_results, tmp_path):
    results = make_results(seeds=1)
    results = replace(
        results,
        command=ATTACK,
        machine={"processor": ATTACK},
        data={**results.data, "split": ATTACK},
        methods=(
            results.methods[0],
            replace(results.methods[1], title=ATTACK, recipe={ATTACK: ATTACK}),
        ),
        examples=(Example(ATTACK, None, (ATTACK,), {"sphere": (ExampleTag(ATTACK, 1.0),)}),),
        neighbors=(Neighbors(ATTACK, (ExampleTag(ATTACK, 0.5),)),),
    )
    write_report(results, tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.scripts == 0
    assert page.handlers == []
    assert "<script" not in text
    assert page.text.count(ATTACK) >= 10
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    outside_code = re.sub(r"^    .*$", "", markdown, flags=re.MULTILINE)
    assert not re.search(r"(?<!\\)<", outside_code)
    assert r"\<script\>alert('tag')\</script\>" in outside_code


@pytest.mark.parametrize(
    "missing",
    [
        {"examples": (), "neighbors": (), "equal_decoders": None, "diverged": ()},
        {"machine": {}, "versions": {}, "settings": {}, "data": {}, "command": ""},
    ],
)
def test_what_is_missing_is_left_out(make_results, tmp_path, missing):
    write_report(replace(make_results(["logistic"], 1), **missing), tmp_path)
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert not re.search(r"\b(None|nan|Undefined)\b", page.text)
    assert ("Example images" in page.text) == ("examples" not in missing)
    inside = {address[1:] for address in page.addresses if address.startswith("#")}
    assert inside <= set(page.ids)
    Image.open(tmp_path / "curves.png").verify()
