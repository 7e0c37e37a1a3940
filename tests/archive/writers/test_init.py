"""The ending of an output chooses its writer."""

from pathlib import Path

import pytest

from labelsphere.archive.writers import OUTPUT_WRITERS, output_ending, writer_for
from labelsphere.errors import UsageError


def test_the_ending_chooses_the_writer() -> None:
    assert writer_for(Path("x.JSONL")) is OUTPUT_WRITERS[".jsonl"]
    with pytest.raises(UsageError, match=r"must end in \.jsonl, \.csv, \.parquet, \.tar"):
        writer_for(Path("x.xlsx"))


def test_every_writer_has_one_ending() -> None:
    assert {output_ending(writer): writer for writer in OUTPUT_WRITERS.values()} == OUTPUT_WRITERS
