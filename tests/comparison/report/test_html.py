import re

from labelsphere.comparison.report.html import html


def test_marks_in_the_table_follow_the_standing(make_results):
    results = make_results(2, 1, strengths=(1.0, 0.5))
    rows = re.findall(r"<td class=\"best\">\s*<span class=\"value\">([^<]+)</span>", html(results))
    assert len(rows) > 9
    level = html(make_results(2, 1, strengths=(1.0, 1.0)))
    assert 'class="best"><' not in level.replace(" ", "")
    assert level.count('title="not clearly below the best"') > 9


def test_hits_are_marked_by_more_than_colour(make_results):
    results = make_results(1, 1, examples=1)
    truth = set(results["examples"][0]["truth"])
    hits = [tag for tag, _ in results["examples"][0]["predictions"]["logistic"] if tag in truth]
    page = html(results)
    assert page.count('<span class="tick">✓</span>') == len(hits)
    for tag in hits:
        assert f'<span class="tick">✓</span>{tag}</span>' in page


def test_page_has_dark_print_and_narrow_forms(make_results):
    page = html(make_results(1, 1))
    assert "@media (prefers-color-scheme: dark)" in page
    assert "@media print" in page
    assert "@media screen and (max-width" in page
    assert 'name="viewport"' in page


def test_drawings_take_the_page_s_colours(make_results):
    drawings = re.findall(r"<figure>.*?</figure>", html(make_results(2, 2)), flags=re.DOTALL)
    assert len(drawings) == 7  # three decoders by frequency, four panels of Figure 1
    for drawing in drawings:
        assert "var(--series-0)" in drawing
        assert "var(--series-1)" in drawing
        assert "metadata" not in drawing
