"""The application as a whole."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient


def test_another_name_for_this_machine_is_refused(client: TestClient) -> None:
    assert client.get("/v1/labels", headers={"host": "example.org"}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py",
        "/page/%2e%2e/server.py",
        "/page/..%2fserver.py",
        "/page//etc/passwd",
        "/v1/review/pictures/..%2f..%2fetc%2fpasswd",
        "/page/%00",
    ],
)
def test_no_way_out_of_the_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 405, 422)
    assert b"import" not in answer.content


def test_the_page_names_nothing_elsewhere() -> None:
    import labelsphere.app

    page = Path(labelsphere.app.__file__).parent / "page"
    texts = {path.name: path.read_text(encoding="utf-8") for path in page.iterdir()}
    for name, text in texts.items():
        assert "https://" not in text, name
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", ""), name
        assert "innerHTML" not in text, name
    for script in (name for name in texts if name.endswith(".js")):
        assert any(script in text for name, text in texts.items() if name != script)


def test_openapi_describes_every_route(client: TestClient) -> None:
    paths = client.get("/v1/openapi.json").json()["paths"]
    assert {"/v1/tag", "/v1/labels", "/v1/labels/{name}/neighbors", "/v1/combine"} <= set(paths)
    assert all("summary" in call for path in paths.values() for call in path.values())
