import base64
import copy
import io
import re
from html.parser import HTMLParser

import pytest
from PIL import Image

from labelsphere.comparison.decoder_names import PRIOR_ADJUSTED
from labelsphere.comparison.report import write_report

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
    results = make_results(2, 3, picture=picture)
    write_report(results, folder)
    return results, folder


def test_writes_three_files_and_nothing_else(written):
    _, folder = written
    assert sorted(path.name for path in folder.iterdir()) == [
        "curves.png",
        "report.html",
        "report.md",
    ]


def test_writing_twice_gives_the_same_bytes(written, tmp_path):
    results, folder = written
    write_report(copy.deepcopy(results), tmp_path)
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


def test_pictures_are_inside_the_page(written, picture):
    results, folder = written
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert page.addresses.count(picture) == len(results["examples"])


def test_pictures_elsewhere_are_not_fetched(make_results, tmp_path):
    write_report(make_results(picture="https://example.org/a.png"), tmp_path)
    assert "example.org" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_every_printed_metric_has_its_definition(written):
    results, folder = written
    markdown = (folder / "report.md").read_text(encoding="utf-8")
    page = Page((folder / "report.html").read_text(encoding="utf-8")).text
    for key, sentence in results["definitions"].items():
        assert any(key in m["summary"]["as trained"] for m in results["methods"])
        assert sentence in page
        assert sentence in markdown


def test_text_from_users_is_neither_markup_nor_mathematics(make_results, tmp_path):
    results = make_results(2, 1)
    results["command"] = results["data"]["tags"] = results["machine"]["processor"] = ATTACK
    results["methods"][1]["title"] = ATTACK
    results["methods"][1]["recipe"] = {ATTACK: ATTACK}
    example = results["examples"][0]
    example["image_id"] = ATTACK
    example["truth"] = [ATTACK]
    example["predictions"] = {name: [[ATTACK, 1.0]] for name in example["predictions"]}
    results["neighbors"] = [{"label": ATTACK, "neighbors": [[ATTACK, 0.5]]}]
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


def without_pictures(results):
    for example in results["examples"]:
        example["picture"] = None
        example["truth"] = []
        del example["predictions"]["paper"]


def without_baseline(results):
    for method in results["methods"]:
        method["steps_to_baseline"] = method["versus_baseline"] = None


def without_sections(results):
    results.update(examples=[], neighbors=[])
    for key in ("machine", "versions", "settings", "data", "command"):
        del results[key]
    for method in results["methods"]:
        method["rate"]["grid"] = []
        for run in method["runs"]:
            for decoded in run["decoders"].values():
                del decoded["by_frequency"]


def without_curves(results):
    for method in results["methods"]:
        for name in PRIOR_ADJUSTED:
            del method["summary"][name]
        for run in method["runs"]:
            run["curve"] = []


def without_some_figures(results):
    results["definitions"] = {}
    del results["methods"][1]["summary"]["as trained"]["map@100"]


def without_summaries(results):
    for method in results["methods"]:
        del method["summary"]


def without_methods(results):
    results.update(methods=[], examples=[])


@pytest.mark.parametrize(
    "missing",
    [
        without_pictures,
        without_baseline,
        without_sections,
        without_curves,
        without_some_figures,
        without_summaries,
        without_methods,
    ],
)
def test_what_is_missing_is_left_out(make_results, tmp_path, missing):
    results = make_results(2, 1)
    missing(results)
    write_report(results, tmp_path)
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    for text in (page.text, markdown):
        assert "Definitions" in text
        assert not re.search(r"\b(None|nan|Undefined)\b", text)
    inside = {address[1:] for address in page.addresses if address.startswith("#")}
    assert inside <= set(page.ids)
    Image.open(tmp_path / "curves.png").verify()


@pytest.mark.parametrize(("methods", "seeds"), [(1, 1), (2, 1), (5, 3)])
def test_any_number_of_methods_and_seeds(make_results, tmp_path, methods, seeds):
    results = make_results(methods, seeds)
    write_report(results, tmp_path)
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8")).text
    for method in results["methods"]:
        assert method["title"] in page
    assert ("random seeds; intervals" in page) == (seeds > 1)
