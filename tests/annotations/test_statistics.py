from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations import Annotations, Statistics, Vocabulary, table_statistics


@given(st.lists(st.lists(st.sampled_from("abcdefg"), unique=True), max_size=15))
def test_the_figures_of_table_1(lists: list[list[str]]) -> None:
    tags = Annotations.from_lists(lists, vocabulary=Vocabulary("abcdefgh"))
    tagged = [row for row in lists if row]
    occurrences = [n for name in "abcdefgh" if (n := sum(name in row for row in lists))]
    assert table_statistics(tags) == Statistics(
        images=len(tagged),
        labels=len(occurrences),
        annotations=sum(map(len, lists)),
        labels_per_image=sum(map(len, lists)) / len(tagged) if tagged else 0.0,
        median_occurrences=median(occurrences) if occurrences else 0.0,
        untagged_images=len(lists) - len(tagged),
        unused_labels=8 - len(occurrences),
    )
