import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelsphere.tagger.inputs.augmentation import AUGMENTATIONS, mirrored, shifted


def images_of(count, size, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, size, size, 3), np.uint8)


def shifted_by_hand(image, down, right):
    size = len(image)
    out = np.empty_like(image)
    for y in range(size):
        for x in range(size):
            out[y, x] = image[min(max(y - down, 0), size - 1), min(max(x - right, 0), size - 1)]
    return out


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 9), st.integers(1, 4), st.data())
def test_shifted_repeats_the_edge(size, reach, data):
    images = images_of(3, size)
    shift = st.integers(-reach, reach)
    shifts = np.array(data.draw(st.lists(st.tuples(shift, shift), min_size=3, max_size=3)))
    moved = shifted(images, shifts, reach)
    for image, out, (down, right) in zip(images, moved, shifts, strict=True):
        np.testing.assert_array_equal(out, shifted_by_hand(image, down, right))


def test_mirrored_turns_the_chosen_ones_only():
    images = images_of(3, 5)
    before = images.copy()
    out = mirrored(images, np.array([True, False, True]))
    np.testing.assert_array_equal(out[0], images[0, :, ::-1])
    np.testing.assert_array_equal(out[1], images[1])
    np.testing.assert_array_equal(out[2], images[2, :, ::-1])
    np.testing.assert_array_equal(images, before)


def test_none_changes_nothing():
    images = images_of(4, 16)
    np.testing.assert_array_equal(AUGMENTATIONS["none"].apply(images, 5), images)


@pytest.mark.parametrize("name", ["shift", "shift+flip"])
def test_draws_repeat_for_a_seed_and_differ_between_seeds_and_images(name):
    image = images_of(1, 32)
    images = np.repeat(image, 64, axis=0)
    first = AUGMENTATIONS[name].apply(images, 5)
    np.testing.assert_array_equal(AUGMENTATIONS[name].apply(images, 5), first)
    assert (AUGMENTATIONS[name].apply(images, 6) != first).any()
    assert len({one.tobytes() for one in first}) > 10
    np.testing.assert_array_equal(images, np.repeat(image, 64, axis=0))


def test_shifts_reach_a_sixteenth_of_the_side_every_way_and_no_further():
    images = np.zeros((2000, 32, 32, 3), np.uint8)
    images[:, 16, 16] = 255
    _, y, x = np.nonzero(AUGMENTATIONS["shift"].apply(images, 0)[..., 0])
    assert set(y.tolist()) == set(x.tolist()) == {14, 15, 16, 17, 18}
    assert len(set(zip(y.tolist(), x.tolist(), strict=True))) == 25


def test_about_half_are_mirrored():
    images = np.zeros((2000, 8, 8, 3), np.uint8)
    images[:, :, 0] = 255
    out = AUGMENTATIONS["shift+flip"].apply(images, 0)
    assert 0.45 < (out[:, 0, -1, 0] == 255).mean() < 0.55
