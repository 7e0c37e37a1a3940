import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from labelsphere.errors import DataError
from labelsphere.tagger.inputs.decoding import FITS, decode_picture

RED, BLUE, WHITE = [255, 0, 0], [0, 0, 255], [255, 255, 255]


def encode(image, kind="PNG", **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def halves(width, height, kind="PNG", **options):
    """Left half red, right half blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste((0, 0, 255), (width // 2, 0, width, height))
    return encode(image, kind, **options)


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("side", [1, 8, 64, 500])
def test_a_plain_square_stays_its_colour(fit, side):
    pixels = decode_picture(encode(Image.new("RGB", (side, side), (10, 120, 230))), 64, fit)
    assert pixels.shape == (64, 64, 3)
    assert pixels.dtype == np.uint8
    assert (pixels == [10, 120, 230]).all()


def test_pad_centres_a_wide_picture_between_white_bands():
    pixels = decode_picture(halves(64, 32), 64, "pad")
    assert (pixels[:16] == WHITE).all()
    assert (pixels[48:] == WHITE).all()
    assert (pixels[16:48, :30] == RED).all()
    assert (pixels[16:48, 34:] == BLUE).all()


def test_pad_centres_a_tall_picture_between_white_bands():
    pixels = decode_picture(halves(100, 200), 64, "pad")
    assert (pixels[:, :16] == WHITE).all()
    assert (pixels[:, 48:] == WHITE).all()
    assert (pixels[:, 16:30] == RED).all()
    assert (pixels[:, 34:48] == BLUE).all()


def test_pad_keeps_a_line_one_pixel_wide():
    pixels = decode_picture(encode(Image.new("RGB", (1000, 1), "black")), 32, "pad")
    assert (pixels == 0).all(axis=2).sum() == 32


def test_crop_keeps_the_middle():
    image = Image.new("RGB", (96, 32), "red")
    image.paste((0, 0, 255), (32, 0, 64, 32))
    pixels = decode_picture(encode(image), 32, "crop")
    assert (pixels == BLUE).all()


def test_stretch_uses_all_of_the_picture_and_all_of_the_square():
    pixels = decode_picture(halves(200, 20), 64, "stretch")
    assert (pixels[:, :28] == RED).all()
    assert (pixels[:, 36:] == BLUE).all()


def test_shrinking_averages_instead_of_picking():
    stripes = np.zeros((512, 512), np.uint8)
    stripes[:, ::2] = 255
    pixels = decode_picture(encode(Image.fromarray(stripes)), 32, "stretch")
    assert np.abs(pixels.astype(int) - 127).max() <= 2


@pytest.mark.parametrize("fit", FITS)
def test_a_jpeg_decoded_at_reduced_size_looks_like_one_decoded_in_full(fit):
    noise = np.random.default_rng(0).integers(0, 256, (12, 16, 3), np.uint8)
    picture = Image.fromarray(noise).resize((1600, 1200), Image.Resampling.BICUBIC)
    from_jpeg = decode_picture(encode(picture, "JPEG", quality=98), 48, fit)
    from_png = decode_picture(encode(picture), 48, fit)
    difference = np.abs(from_jpeg.astype(int) - from_png.astype(int))
    assert difference.mean() < 2


def test_the_shorter_side_of_a_cropped_jpeg_is_not_decoded_below_the_size():
    noise = np.random.default_rng(0).integers(0, 256, (100, 400, 3), np.uint8)
    picture = Image.fromarray(noise).resize((1600, 400), Image.Resampling.BICUBIC)
    from_jpeg = decode_picture(encode(picture, "JPEG", quality=98, subsampling=0), 200, "crop")
    from_png = decode_picture(encode(picture), 200, "crop")
    difference = np.abs(from_jpeg.astype(int) - from_png.astype(int))
    assert difference.mean() < 3


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, "top left"), (3, "bottom right"), (6, "top right"), (8, "bottom left")],
)
def test_exif_orientation_is_applied(orientation, corner):
    image = Image.new("RGB", (64, 64), "white")
    image.paste((0, 0, 0), (0, 0, 24, 24))
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = decode_picture(encode(image, "JPEG", quality=95, exif=exif), 64)
    dark = {
        "top left": pixels[4:20, 4:20],
        "top right": pixels[4:20, -20:-4],
        "bottom left": pixels[-20:-4, 4:20],
        "bottom right": pixels[-20:-4, -20:-4],
    }
    assert {name for name, patch in dark.items() if patch.mean() < 60} == {corner}


def test_exif_orientation_is_applied_before_the_aspect_is_measured():
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = decode_picture(halves(128, 64, "JPEG", exif=exif), 64, "pad")
    assert (pixels[:, :15] > 240).all()
    assert (pixels[:, 49:] > 240).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_exif_does_not_spoil_the_picture(kind):
    data = encode(Image.new("RGB", (16, 16), "red"), kind, exif=b"Exif\0\0no TIFF header")
    assert np.abs(decode_picture(data, 16).astype(int) - RED).max() <= 4


def test_what_is_clear_becomes_white():
    image = Image.new("RGBA", (32, 32), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (16, 0, 32, 32))
    pixels = decode_picture(encode(image), 32)
    assert (pixels[:, :16] == WHITE).all()
    assert (pixels[:, 16:] == BLUE).all()


def test_half_clear_black_is_mid_grey():
    pixels = decode_picture(encode(Image.new("RGBA", (8, 8), (0, 0, 0, 128))), 8)
    assert (pixels == 127).all()


def test_grey_with_alpha():
    pixels = decode_picture(encode(Image.new("LA", (8, 8), (0, 0))), 8)
    assert (pixels == 255).all()


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_palette(kind):
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 10, 120, 230])
    assert (decode_picture(encode(image, kind), 8) == [10, 120, 230]).all()


def test_palette_with_a_clear_colour():
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 10, 120, 230])
    assert (decode_picture(encode(image, transparency=1), 8) == 255).all()


def test_rgb_with_a_clear_colour():
    image = Image.new("RGB", (8, 8), "red")
    image.paste((0, 0, 255), (4, 0, 8, 8))
    pixels = decode_picture(encode(image, transparency=(255, 0, 0)), 8)
    assert (pixels[:, :4] == WHITE).all()
    assert (pixels[:, 4:] == BLUE).all()


def test_grey():
    assert (decode_picture(encode(Image.new("L", (8, 8), 77)), 16) == 77).all()


def test_one_bit():
    image = Image.new("1", (8, 8), 0)
    image.paste(1, (4, 0, 8, 8))
    pixels = decode_picture(encode(image), 8)
    assert (pixels[:, :4] == 0).all()
    assert (pixels[:, 4:] == 255).all()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bit_grey_keeps_its_upper_byte(kind):
    values = np.array([[0, 255, 256, 0x80FF], [0x7F00, 0xFE01, 0xFFFF, 1]], np.uint16)
    image = Image.fromarray(np.repeat(np.repeat(values, 4, axis=0), 2, axis=1))
    pixels = decode_picture(encode(image, kind), 8)
    assert (pixels[::4, ::2, 0] == [[0, 0, 1, 128], [127, 254, 255, 0]]).all()


def test_cmyk_jpeg():
    pixels = decode_picture(encode(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG"), 16)
    assert np.abs(pixels.astype(int) - RED).max() <= 4


@pytest.mark.parametrize("kind", ["WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "ICO"])
def test_other_formats(kind):
    pixels = decode_picture(encode(Image.new("RGB", (16, 16), (200, 40, 90)), kind), 16)
    assert np.abs(pixels.astype(int) - [200, 40, 90]).max() <= 6


def test_of_several_frames_the_first_counts():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert (decode_picture(data, 8) == RED).all()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_picture_cut_short_is_refused_by_name(kind, share):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    whole = encode(Image.fromarray(noise), kind)
    assert decode_picture(whole, 32).shape == (32, 32, 3)
    with pytest.raises(DataError, match=r"holiday/beach\.jpg cannot be decoded"):
        decode_picture(whole[: int(share * len(whole))], 32, name="holiday/beach.jpg")


@pytest.mark.parametrize("data", [b"no picture", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff"])
def test_what_is_no_picture_is_refused_in_one_line(data):
    with pytest.raises(DataError, match="a cannot be decoded") as caught:
        decode_picture(data, 32, name="a")
    assert "\n" not in str(caught.value)
    assert "0x" not in str(caught.value)


def test_nothing_is_refused():
    with pytest.raises(DataError, match=r"a is empty \(0 bytes\)"):
        decode_picture(b"", 32, name="a")


def test_postscript_is_not_run():
    with pytest.raises(DataError, match="EPS is not read"):
        decode_picture(encode(Image.new("RGB", (8, 8)), "EPS"), 8)


def test_a_decompression_bomb_is_refused(monkeypatch):
    data = encode(Image.new("1", (200, 200)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    with pytest.raises(DataError, match="decompression bomb"):
        decode_picture(data, 8)


PNG = halves(12, 9)
JPEG = halves(24, 17, "JPEG")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([PNG, JPEG]), st.data())
def test_damaged_bytes_give_pixels_or_a_data_error(whole, data):
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        pixels = decode_picture(bytes(damaged), 16)
    except DataError:
        return
    assert pixels.shape == (16, 16, 3)
