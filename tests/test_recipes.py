import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.recipes import RECIPES, RECOMMENDED, Recipe, SpaceRecipe, parse_recipe
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.label_context import LabelContext


def test_a_plain_name_is_the_recipe_unchanged() -> None:
    assert parse_recipe("logistic") == RECIPES["logistic"]
    paper = parse_recipe(" paper ")
    assert paper.objective == "cosine"
    # §3: PMI, the square root of the eigenvalues, and the paper's number of dimensions.
    assert paper.space == SpaceRecipe("pmi", None, 0.5, {})
    assert RECIPES["logistic"].to_json() == {"objective": "logistic"}
    assert paper.to_json() == {
        "objective": "cosine",
        "space": {"method": "pmi", "dim": None, "exponent": 0.5},
    }


def test_variations_change_their_part_alone() -> None:
    varied = parse_recipe("paper+dim=512+method=shifted+shift=1.5+exponent=-0.25")
    assert varied.space == SpaceRecipe("shifted", 512, -0.25, {"shift": 1.5})
    assert varied.objective == "cosine"
    assert varied.to_json()["space"]["shift"] == 1.5
    assert RECIPES["paper"].space == SpaceRecipe()


def test_options_are_of_the_embedder_wherever_it_is_named() -> None:
    expected = SpaceRecipe("word-vectors", None, None, {"path": "data/glove.6B.txt"})
    assert parse_recipe("paper+method=word-vectors+path=data/glove.6B.txt").space == expected
    assert parse_recipe("paper+path=data/glove.6B.txt+method=word-vectors").space == expected
    assert parse_recipe("paper+method=glove+epochs=7+dim=9").space == SpaceRecipe(
        "glove", 9, None, {"epochs": 7}
    )


def test_the_papers_exponent_stays_with_embedders_that_have_one() -> None:
    assert parse_recipe("paper+method=lsa").space == SpaceRecipe("lsa", None, 0.5, {})
    ecoc = parse_recipe("paper+method=ecoc")
    assert ecoc.space == SpaceRecipe("ecoc", None, None, {})
    assert ecoc.to_json() == {"objective": "cosine", "space": {"method": "ecoc", "dim": None}}


def test_a_decoder_is_part_of_the_recipe() -> None:
    sparse = parse_recipe("paper+method=random-projection+decoder=omp")
    assert sparse.decoder == "omp"
    assert sparse.to_json()["decoder"] == "omp"
    assert sparse.space == SpaceRecipe("random-projection", None, None, {})
    assert parse_recipe("logistic+decoder=logistic").decoder == "logistic"
    mixed = parse_recipe("conse+method=npmi")
    assert (mixed.objective, mixed.decoder, mixed.title) == (
        "logistic",
        "conse",
        "Mixed guesses (ConSE), method=npmi",
    )


def test_spaces_in_a_name_make_no_other_method() -> None:
    assert parse_recipe("paper + dim=512") == parse_recipe("paper+dim=512")
    assert parse_recipe("paper+dim=512").name == "paper+dim=512"
    assert parse_recipe("paper+dim=512").title == "Cosine proximity (the paper), dim=512"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("papre", "method must be one of sphere, paper, .*, but got 'papre'"),
        ("", "method must be one of sphere, paper, .*, but got ''"),
        ("logistic+dim=3", "'logistic' has no label space to vary"),
        ("paper+dim", "must be key=value, but got 'dim'"),
        ("paper+=3", "must be key=value, but got '=3'"),
        ("paper+", "must be key=value, but got ''"),
        ("paper+dim=many", "dim must be a number, but got 'many'"),
        ("paper+dim=2.5", "dim must be a number, but got '2.5'"),
        ("paper+exponent=", "exponent must be a number, but got ''"),
        ("paper+method=shifted+shift=x", "shift must be a number, but got 'x'"),
        ("paper+shift=2", "'pmi' has no option 'shift'; its options: exponent"),
        ("paper+method=lda", "method must be one of pmi, "),
        ("paper+method=glove+exponent=1", "'glove' has no option 'exponent'; its options: most"),
        ("paper+method=skipgram+epochs=1.5", "epochs must be a whole number, but got '1.5'"),
        ("paper+method=rembrandt+features=x.npy", "features of 'rembrandt' is no text or number"),
    ],
)
def test_what_cannot_be_understood_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_recipe(text)


def test_the_sphere_and_its_baselines() -> None:
    sphere = parse_recipe("sphere")
    assert sphere.objective == "sphere"
    assert sphere.space == SpaceRecipe("smoothed", None, 0.25, {"limit": 1024})
    assert parse_recipe("sphere+method=glove").space == SpaceRecipe("glove", None, None, {})
    posterior = parse_recipe("posterior")
    assert (posterior.objective, posterior.space) == ("posterior", sphere.space)
    # Baselines are what one would use without a label space.
    assert {parse_recipe(name).space for name in ("softmax", "focal", "asymmetric")} == {None}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_every_recipe_describes_itself_and_can_be_built(recipe: Recipe) -> None:
    assert parse_recipe(recipe.name) is recipe
    assert recipe.title
    assert recipe.description.endswith(".")
    assert "\n" not in recipe.description
    assert recipe.rate > 0
    tags = Annotations.from_lists([["sea", "sky"], ["sky", "tree"], ["sea", "tree"], ["sky"]] * 3)
    space = None
    if recipe.space is not None:
        options = dict(recipe.space.options)
        if recipe.space.exponent is not None:
            options["exponent"] = recipe.space.exponent
        space = LabelSpace.fit(tags, recipe.space.method, 2, **options)
    architecture = Architecture("mlp", None, recipe.objective, recipe.decoder)
    tagger = Tagger(architecture, LabelContext.of(tags, space), {"kind": "features"}, (4,))
    assert len(tagger.vocabulary) == 3
    assert tagger.objective.width > 0


def test_the_recommended_recipe_is_in_the_table() -> None:
    assert "recommended" in RECIPES[RECOMMENDED].description
