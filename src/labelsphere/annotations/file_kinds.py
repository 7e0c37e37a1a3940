"""Detection of files whose contents do not match their name, such as archives."""

from pathlib import Path

from labelsphere.errors import DataError

_BYTES = 1024

_PICKLE = ("a Python pickle", "write the table as CSV, JSON lines or Parquet")

# First bytes of a file → its kind, and how to convert it.
_MAGIC = {
    b"\x1f\x8b": ("compressed by gzip", "unpack it with gunzip"),
    b"BZh91AY": ("compressed by bzip2", "unpack it with bunzip2"),
    b"\xfd7zXZ\x00": ("compressed by xz", "unpack it with unxz"),
    b"\x28\xb5\x2f\xfd": ("compressed by zstd", "unpack it with unzstd"),
    b"PK\x03\x04": (
        "a ZIP archive, as Excel workbooks are",
        "unpack it, or save the sheet as CSV (UTF-8)",
    ),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "save the sheet as CSV (UTF-8)"),
    b"PAR1\x15": ("a Parquet file", "give the argument `format` parquet, or name it .parquet"),
    b"SQLite format 3": ("an SQLite database", "export the table as CSV"),
    b"\x89HDF": ("an HDF5 file", "write the table as CSV, JSON lines or Parquet"),
    b"\x80\x02": _PICKLE,
    b"\x80\x03": _PICKLE,
    b"\x80\x04": _PICKLE,
    b"\x80\x05": _PICKLE,
    b"7z\xbc\xaf": ("a 7-Zip archive", "unpack it"),
    b"Rar!\x1a": ("a RAR archive", "unpack it"),
    b"%PDF": ("a PDF", "give the table itself"),
    b"\x93NUMPY": ("a NumPy array", "give a table of images and tags"),
    b"\x89PNG": ("a picture", "give a table of images and tags, or the folder of pictures"),
    b"\xff\xd8\xff": ("a picture", "give a table of images and tags, or the folder of pictures"),
    b"ARROW1\0\0": ("an Arrow file", "write it as Parquet"),
}
_POINTER = b"version https://git-lfs.github.com/spec/"


def refuse_other_kind(path: Path, expected: str, *, but: str | None = None) -> None:
    """Raise an error for a file whose first bytes show another kind.

    Pipes are not checked, because bytes read from them are lost.

    Args:
        path: A file.
        expected: Expected kind, for the message, such as ``"a Parquet file"``.
        but: Kind that is accepted.

    Raises:
        DataError: If it is of another kind; the message says which, and how to fix it.
    """
    if not path.is_file():
        return
    with path.open("rb") as file:
        check_kind(file.read(_BYTES), path, expected, but=but)


def check_kind(data: bytes, path: Path, expected: str, *, but: str | None = None) -> None:
    """Raise the same error, given the first bytes of a file.

    Raises:
        DataError: As `refuse_other_kind`.
    """
    found = _kind_of(data[:_BYTES])
    if found is not None and found[0] != but:
        what, fix = found
        raise DataError(f"{path} is {what}; expected {expected}: {fix}")


def _kind_of(data: bytes) -> tuple[str, str] | None:
    if data.startswith(_POINTER):
        return "a Git LFS pointer, not the file itself", "fetch the file with git lfs pull"
    page = data.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if page.startswith((b"<!doctype html", b"<html")):
        return "a web page", "the download failed, or needs a login; fetch the file again"
    return next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
