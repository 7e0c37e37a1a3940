"""Parser of annotation tools' XML files, without entities."""

import xml.etree.ElementTree as ET
from pathlib import Path

from labelsphere.errors import DataError


def load_xml(path: Path) -> ET.Element:
    """Parse an XML file, and return its root.

    Raises:
        DataError: If it is not XML, or declares entities, which no annotation tool does.
    """
    data = path.read_bytes()
    if not data.strip():
        raise DataError(f"{path} is empty; expected XML")
    if b"<!ENTITY" in data:
        raise DataError(f"{path} declares XML entities; expected a file of an annotation tool")
    try:
        return ET.fromstring(data)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise DataError(f"{path} cannot be read as XML: {error}") from error
