import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

from labelsphere.annotations import Annotations

MakeTags = Callable[..., Annotations]


def test_label_studio_has_a_result_a_tag_and_a_configuration(
    tmp_path: Path, make_tags: MakeTags
) -> None:
    make_tags().write(tmp_path / "l", format="label-studio")
    first = json.loads((tmp_path / "l/tasks.json").read_text(encoding="utf-8"))[0]
    assert first["data"] == {"image": "/data/local-files/?d=a.jpg"}
    [prediction] = first["predictions"]
    assert prediction["model_version"].startswith("labelsphere-")
    assert [(r["value"]["choices"], r["score"]) for r in prediction["result"]] == [
        (["cat"], 0.3),
        (["deep sea"], 1.0),
    ]
    view = ET.parse(tmp_path / "l/config.xml").getroot()
    control, image = view.find("Choices"), view.find("Image")
    assert control is not None
    assert image is not None
    assert image.get("value") == "$image"
    assert [choice.get("value") for choice in control] == list(make_tags().vocabulary)
    assert {r["from_name"] for r in prediction["result"]} == {control.get("name")}
