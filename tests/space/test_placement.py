"""A label placed after the fit: the fit's own formula, planted neighbours, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ortho_group

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError, UsageError
from labelsphere.space import LabelSpace, associate, count_cooccurrence
from labelsphere.space.fit_record import FitRecord
from labelsphere.space.placement import evidence_from_annotations, fold_in

BLOCKS = {"camp": ["tent", "lantern", "forest", "fire"], "town": ["car", "street", "shop", "bus"]}


def planted(images: int = 600, seed: int = 0) -> Annotations:
    """Images of camps and of towns: a tag of the image's own block with 0.5, of the other 0.03.

    ``glamping`` is in a fifth of the camps and in no town.
    """
    random = np.random.default_rng(seed)
    rows = []
    for number in range(images):
        own = list(BLOCKS)[number % 2]
        tags = [
            tag
            for block, names in BLOCKS.items()
            for tag in names
            if random.random() < (0.5 if block == own else 0.03)
        ]
        rows.append(tags + (["glamping"] if own == "camp" and random.random() < 0.2 else []))
    return Annotations.from_lists(rows)


TAGS = planted()
KNOWN = Vocabulary([name for name in TAGS.vocabulary if name != "glamping"])
OLD = LabelSpace.fit(
    Annotations.from_lists([TAGS.tags_of(i) for i in range(600)], vocabulary=KNOWN)
)


def test_without_a_ridge_a_label_of_the_fit_is_placed_as_the_fit_placed_it() -> None:
    # Its association with itself is part of its row, and no part of what a new label brings: the
    # formula of the fit is therefore applied to the row without it, by hand.
    pmi = associate(count_cooccurrence(TAGS)).to_dense()
    number = TAGS.vocabulary.index("glamping")
    row = np.delete(pmi[number], number)
    values, u = np.linalg.eigh(np.delete(np.delete(pmi, number, 0), number, 1))
    u, values = u[:, values > 1e-9], values[values > 1e-9]
    expected = np.abs(np.sort((u / np.sqrt(values)).T @ row))
    point = fold_in(OLD, evidence_from_annotations(OLD, "glamping", TAGS, 600), 0.0)
    found = np.abs(point.astype(np.float64))
    scale = np.linalg.norm(expected) / np.linalg.norm(found)
    np.testing.assert_allclose(np.sort(found * scale), np.sort(expected), atol=1e-4)


@pytest.mark.parametrize("options", [{"exponent": 0.25}, {"exponent": 1.0}, {"exponent": 0.5}])
def test_the_exponent_is_the_space_s_own(options: dict[str, float]) -> None:
    tags = OLD_TAGS
    space = LabelSpace.fit(tags, **options)
    pmi = associate(count_cooccurrence(TAGS)).to_dense()
    number = TAGS.vocabulary.index("glamping")
    row = np.delete(pmi[number], number)
    values = np.linalg.norm(space.vectors.astype(float), axis=0) ** (1 / options["exponent"])
    expected = values ** (options["exponent"] - 1) * (
        (space.vectors / values ** options["exponent"]).T @ row
    )
    point = fold_in(space, evidence_from_annotations(space, "glamping", TAGS, 600), 0.0)
    cosine = point @ expected / np.linalg.norm(point) / np.linalg.norm(expected)
    assert cosine == pytest.approx(1, abs=1e-5)


OLD_TAGS = Annotations.from_lists([TAGS.tags_of(i) for i in range(600)], vocabulary=KNOWN)


@pytest.mark.parametrize("method", ["pmi", "shifted", "smoothed", "npmi"])
def test_planted_neighbours_are_found_under_every_measure(method: str) -> None:
    options = {"shift": 1.5} if method == "shifted" else {}
    larger = LabelSpace.fit(OLD_TAGS, method, **options).place("glamping", TAGS)
    near = {neighbor.label for neighbor in larger.neighbors("glamping", top=4)}
    assert near == set(BLOCKS["camp"])


@pytest.mark.parametrize("method", ["lsa", "glove"])
def test_counts_place_no_label_in_a_space_by_another_method(method: str) -> None:
    space = LabelSpace.fit(OLD_TAGS, method, dim=8)
    for evidence, images in ((TAGS, None), ({"tent": 30}, 40)):
        with pytest.raises(UsageError, match=f"in a space by '{method}', only in one by pmi, shi"):
            space.place("glamping", evidence, images=images)
    larger = space.place("glamping", ["tent", "fire"])
    mean = space.unit_vectors[[space.row("tent"), space.row("fire")]].sum(axis=0)
    np.testing.assert_allclose(larger.unit_vectors[-1], mean / np.linalg.norm(mean), atol=1e-6)


def test_counts_of_all_labels_place_as_the_annotations_do() -> None:
    with_it = TAGS.select(
        np.flatnonzero(TAGS.matrix[:, [TAGS.vocabulary.index("glamping")]].toarray())
    )
    counts = {name: int(n) for name, n in zip(TAGS.vocabulary, with_it.label_counts(), strict=True)}
    images = counts.pop("glamping")
    by_counts = OLD.place("glamping", counts, images=images)
    by_rows = OLD.place("glamping", TAGS)
    np.testing.assert_allclose(by_counts.vectors, by_rows.vectors, atol=1e-5)
    assert by_counts.counts.tolist() == by_rows.counts.tolist()
    assert by_rows.counts[-1] == images


def test_a_few_counts_say_nothing_of_other_labels() -> None:
    larger = OLD.place("glamping", {"tent": 30, "fire": 30}, images=60, ridge=0.0)
    points = OLD.vectors[[OLD.row("tent"), OLD.row("fire")]].astype(float)
    wanted = np.log(
        0.5 * OLD.record.counted_images() / OLD.counts[[OLD.row("tent"), OLD.row("fire")]]
    )
    matched = points @ larger.vectors[-1]
    assert matched / matched.sum() == pytest.approx(wanted / wanted.sum(), abs=1e-4)
    near = {neighbor.label for neighbor in larger.neighbors("glamping", top=4)}
    assert near == set(BLOCKS["camp"])


def test_known_labels_stay_where_they_were() -> None:
    larger = OLD.place("glamping", TAGS)
    assert larger.vectors[:-1].tobytes() == OLD.vectors.tobytes()
    assert larger.vocabulary.names == (*OLD.vocabulary.names, "glamping")
    assert larger.record.placed_later == ("glamping",)
    assert larger.fitted.tolist() == [True] * 8 + [False]


def test_a_label_placed_later_does_not_move_the_next() -> None:
    alone = OLD.place("new", {"car": 20, "bus": 10}, images=30)
    after = OLD.place("glamping", TAGS).place("new", {"car": 20, "bus": 10}, images=30)
    np.testing.assert_array_equal(alone.vectors[-1], after.vectors[-1])


def test_the_norm_grows_with_self_information() -> None:
    counts = {"tent": 4, "fire": 4}
    rare = OLD.place("new", counts, images=8, ridge=0.0)
    common = OLD.place("new", {k: 10 * n for k, n in counts.items()}, images=80, ridge=0.0)
    norms = [float(np.linalg.norm(space.vectors[-1])) for space in (rare, common)]
    information = -np.log(np.array([8, 80]) / 600)
    assert norms[0] / norms[1] == pytest.approx(np.sqrt(information[0] / information[1]), rel=1e-5)
    cosine = float(rare.unit_vectors[-1] @ common.unit_vectors[-1])
    assert cosine == pytest.approx(1, abs=1e-5)


def test_counts_from_a_larger_collection_are_brought_to_the_space_s_own() -> None:
    here = OLD.place("new", {"tent": 10, "fire": 4}, images=20, ridge=0.0)
    counts = {"tent": 1000, "fire": 400}
    elsewhere = OLD.place("new", counts, images=2000, total=60_000, ridge=0.0)
    np.testing.assert_allclose(here.vectors, elsewhere.vectors, atol=1e-5)
    assert here.counts[-1] == elsewhere.counts[-1] == 20


def test_few_images_are_followed_less_boldly() -> None:
    # By the normal equations: the more images, the closer to the ridge that was asked for.
    used = [OLD.row("tent"), OLD.row("fire")]
    points = OLD.vectors[used].astype(float)
    values = np.log(0.5 * OLD.record.counted_images() / OLD.counts[used])
    mean = float(np.square(OLD.vectors.astype(float)).sum(axis=0).mean())
    for images in (4, 400):
        found = OLD.place("new", {"tent": images / 2, "fire": images / 2}, images=images)
        gram = points.T @ points + (1 + 20 / images) * mean * np.eye(OLD.dim)
        expected = np.linalg.solve(gram, points.T @ values)
        cosine = found.unit_vectors[-1] @ expected / np.linalg.norm(expected)
        assert cosine == pytest.approx(1, abs=1e-5)


def test_the_ridge_doubles_at_twenty_images() -> None:
    # Camp speaks more than town: the more the ridge, the more the direction leans on the larger
    # eigenvalues, so that its size shows.
    used = [OLD.row(name) for name in ("tent", "fire", "car")]
    points = OLD.vectors[used].astype(float)
    mean = float(np.square(OLD.vectors.astype(float)).sum(axis=0).mean())
    shares = np.array([0.9, 0.2, 0.6])
    values = np.maximum(np.log(shares * 600 / OLD.counts[used]), 0)

    def expected(ridge: float) -> np.ndarray:
        gram = points.T @ points + ridge * mean * np.eye(OLD.dim)
        point = np.linalg.solve(gram, points.T @ values)
        return point / np.linalg.norm(point)

    for images in (5, 20):
        counts = dict(zip(("tent", "fire", "car"), shares * images, strict=True))
        found = OLD.place("new", counts, images=images, ridge=1.0).unit_vectors[-1].astype(float)
        assert np.abs(found - expected(1 + 20 / images)).max() < 1e-5
        assert np.abs(found - expected(1.0)).max() > 1e-3


def test_the_norm_is_by_the_median_label_not_by_the_mean() -> None:
    # One label of ten times its norm: it is no reason to make a new one longer.
    longer = OLD.vectors.copy()
    longer[OLD.row("bus")] *= 10
    stretched = replace(OLD, vectors=longer)
    found = stretched.place("new", {"tent": 10, "fire": 4}, images=20)
    information = -np.log(np.append(OLD.counts, 20) / 600)
    norms = np.square(longer.astype(float)).sum(axis=1)
    share = np.median(norms / information[:-1])
    squared = float(np.square(found.vectors[-1].astype(float)).sum())
    assert squared == pytest.approx(information[-1] * share, rel=1e-5)


@pytest.mark.parametrize("method", ["lsa", "random-projection"])
def test_spaces_by_other_methods_take_labels_by_likeness_alone(method: str) -> None:
    space = LabelSpace.fit(OLD_TAGS, method, 3)
    for evidence, given in ((TAGS, {}), ({"tent": 30}, {"images": 60})):
        with pytest.raises(UsageError, match="cannot place a label in a space by"):
            space.place("glamping", evidence, **given)
    larger = space.place("glamping", ["tent"])
    np.testing.assert_allclose(larger.unit_vectors[-1], space.unit_vectors[space.row("tent")])


def test_counts_need_not_come_out_whole() -> None:
    # 600 / 7,000 of each count, and more tents together with the label than the space has at all.
    found = OLD.place("new", {"tent": 6999, "fire": 100}, images=6999.5, total=7000, ridge=0.0)
    lifts = np.log(
        np.array([6999, 100]) / 6999.5 * 600 / OLD.counts[[OLD.row("tent"), OLD.row("fire")]]
    )
    products = OLD.vectors[[OLD.row("tent"), OLD.row("fire")]].astype(float) @ found.vectors[-1]
    assert products / products[0] == pytest.approx(np.maximum(lifts, 0) / lifts[0], abs=1e-4)


def test_like_other_labels() -> None:
    larger = OLD.place("yurt", ["tent", "lantern"])
    tent, lantern = (OLD.unit_vectors[OLD.row(name)] for name in ("tent", "lantern"))
    expected = (tent + lantern) / np.linalg.norm(tent + lantern)
    np.testing.assert_allclose(larger.unit_vectors[-1], expected, atol=1e-6)
    known = OLD.counts[[OLD.row("tent"), OLD.row("lantern")]]
    assert larger.counts[-1] == round(known.mean())


@pytest.mark.parametrize(
    ("label", "evidence", "options", "message"),
    [
        ("tent", {"fire": 1}, {"images": 2}, "'tent' is in the space already"),
        ("new", {"trent": 1}, {"images": 2}, "close spellings: 'tent'"),
        ("new", {"tent": 3}, {"images": 2}, "counted in 0 to 2 images"),
        ("new", {"tent": 1}, {"images": 600}, "in some images and not in all"),
        ("new", {"tent": 1}, {}, "number of images"),
        ("new", ["tent"], {"images": 2}, "number of images"),
        ("new", [], {}, "list of known labels"),
        ("new", "tent", {}, "list of known labels"),
        ("new", {"tent": 1}, {"images": 2, "ridge": -1}, "ridge must be"),
        ("new", TAGS, {}, "none of the 600 annotated images has the label 'new'"),
    ],
)
def test_what_is_refused(
    label: str, evidence: object, options: dict[str, float], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        OLD.place(label, evidence, **options)


def test_a_label_that_goes_with_nothing_known_is_refused() -> None:
    alone = Annotations.from_lists([["new", "unheard of"], ["tent"]])
    with pytest.raises(DataError, match="occurs with no known label that has an embedding"):
        OLD.place("new", alone)
    with pytest.raises(DataError, match="more often than by chance"):
        OLD.place("new", {"tent": 1}, images=100)


def test_a_space_without_eigenvalues_or_number_of_images_is_refused() -> None:
    flat = LabelSpace.fit(OLD_TAGS, exponent=0.0)
    with pytest.raises(UsageError, match="does not hold its eigenvalues"):
        flat.place("new", {"tent": 10}, images=10)
    unknown = LabelSpace(OLD.vocabulary, OLD.vectors, OLD.counts, FitRecord("pmi"))
    with pytest.raises(UsageError, match="does not know how many images"):
        unknown.place("new", {"tent": 10}, images=10)


@pytest.mark.parametrize("exponent", [0.25, 0.5, 1.0])
def test_a_label_is_placed_alike_in_a_space_that_was_turned(exponent: float) -> None:
    space = LabelSpace.fit(OLD_TAGS, exponent=exponent)
    turn = ortho_group.rvs(space.dim, random_state=0)
    turned = replace(space, vectors=(space.vectors.astype(np.float64) @ turn).astype(np.float32))
    aligned = LabelSpace.fit(OLD_TAGS, exponent=exponent).aligned_to(turned)
    place = {"tent": 40.0, "fire": 30.0, "car": 1.0}
    expected = space.place("yurt", place, images=50).vectors[-1].astype(np.float64) @ turn
    found = aligned.place("yurt", place, images=50).vectors[-1]
    np.testing.assert_allclose(found, expected, atol=1e-3 * float(np.abs(expected).max()))
