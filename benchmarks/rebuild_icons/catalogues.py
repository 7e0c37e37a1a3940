"""Each package's icons with their tags: one function a package, one line a package in `SOURCES`."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml
from icons import Icon
from packages import OPENCLIPART, Package

_POLYGON = re.compile(r"^star_\d+pt\d+step$")

Packages = Callable[[str], Package]
"""Fetches a package by name and version."""

Catalogue = Callable[[Package, Packages], Iterator[Icon]]
"""Reads a package's icons; the second argument fetches others that it takes tags from."""

FONT_AWESOME = "@fortawesome/fontawesome-free@6.7.2"
MATERIAL = "@material-icons/svg@1.0.33"


def aksel(package: Package, _: Packages) -> Iterator[Icon]:
    """Keywords of a script that assigns one object in JSON."""
    script = package.text("dist/metadata.mjs")
    catalogue = json.loads(script[script.index("{") : script.rindex("}") + 1])
    for path, svg in package.drawings("dist/svg"):
        if path.name in catalogue:
            about = catalogue[path.name]
            base = path.name.removesuffix("Fill") if about["variant"] == "Fill" else path.name
            variant = about["variant"].lower()
            yield _icon(f"aksel/{path.name}/{variant}", f"aksel:{base}", about["keywords"], svg)


def atlaskit(package: Package, _: Packages) -> Iterator[Icon]:
    """Keywords of a script; the drawings are in one script an icon."""
    script = package.text("dist/es2019/metadata-core.js")
    for key, keywords in re.findall(
        r"^  '?([\w-]+)'?: \{\s+keywords: \[(.*?)\]", script, re.MULTILINE | re.DOTALL
    ):
        file = package.folder / "core" / f"{key}.js"
        glyph = re.search(
            r"dangerouslySetGlyph: `(.*?)`", file.read_text(encoding="utf-8"), re.DOTALL
        )
        if glyph:
            tags = re.findall(r"'((?:[^'\\]|\\.)*)'", keywords)
            svg = _svg(glyph[1].replace("currentcolor", "#000"), 16)
            yield _icon(f"atlaskit/{key}/core", f"atlaskit:{key}", tags, svg)


def blueprint(package: Package, _: Packages) -> Iterator[Icon]:
    """Tags of ``icons.json``; the paths are in one script an icon."""
    for about in json.loads(package.text("icons.json")):
        key = about["iconName"]
        file = package.folder / "lib/esm/generated/20px/paths" / f"{key}.js"
        if file.exists():
            paths = re.findall(
                r'"([^"]+)"', file.read_text(encoding="utf-8").split("export default")[1]
            )
            drawn = "".join(f'<path fill-rule="evenodd" d="{path}"/>' for path in paths)
            yield _icon(
                f"blueprint/{key}/20px", f"blueprint:{key}", [about["tags"]], _svg(drawn, 20)
            )


def carbon(package: Package, _: Packages) -> Iterator[Icon]:
    """Aliases, the largest size of each icon."""
    yield from _carbon(package, "carbon")


def carbon_pictograms(package: Package, _: Packages) -> Iterator[Icon]:
    """The same for the pictograms."""
    yield from _carbon(package, "carbon-pictograms")


def _carbon(package: Package, source: str) -> Iterator[Icon]:
    for about in json.loads(package.text("metadata.json"))["icons"]:
        if not about.get("deprecated"):
            drawings = {str(asset["size"]): asset["source"] for asset in about["assets"]}
            # A glyph fills its frame; of the others the largest.
            size = max(drawings, key=lambda size: (not size.isdigit(), int(size, 36)))
            key = about["name"]
            base = re.sub("--(?:filled|alt|outline)$", "", key)
            yield _icon(
                f"{source}/{key}/{size}", f"{source}:{base}", about["aliases"], drawings[size]
            )


def devicon(package: Package, _: Packages) -> Iterator[Icon]:
    """Tags of ``devicon.json``; the coloured drawing and the plain one."""
    for about in json.loads(package.text("devicon.json")):
        key = about["name"]
        for variant in ("original", "plain"):
            file = package.folder / "icons" / key / f"{key}-{variant}.svg"
            if file.exists():
                svg = file.read_text(encoding="utf-8")
                yield _icon(f"devicon/{key}/{variant}", f"devicon:{key}", about["tags"], svg)


def fontawesome6(package: Package, get: Packages) -> Iterator[Icon]:
    """Search terms of version 6.7.2."""
    yield from _fontawesome(package, get, "fontawesome6")


def fontawesome5(package: Package, get: Packages) -> Iterator[Icon]:
    """Drawings of version 5.15.4 with the terms of 6.7.2, aliases followed."""
    yield from _fontawesome(package, get, "fontawesome5")


def line_awesome(package: Package, get: Packages) -> Iterator[Icon]:
    """Line Awesome's drawings are named as Font Awesome's, with a style at the end."""
    terms = _font_awesome_terms(get)
    for path, svg in package.drawings("svg"):
        key = path.name
        for name in (key, key.removesuffix("-solid"), key):
            if name in terms:
                base, tags = terms[name]
                yield _icon(f"line-awesome/{key}/line", f"fa:{base}", tags, svg)
                break


def _fontawesome(package: Package, get: Packages, source: str) -> Iterator[Icon]:
    terms = _font_awesome_terms(get)
    for path, svg in package.drawings("svgs"):
        if path.name in terms:
            base, tags = terms[path.name]
            yield _icon(f"{source}/{path.name}/{path.parent}", f"fa:{base}", tags, svg)


def _font_awesome_terms(get: Packages) -> dict[str, tuple[str, list[str]]]:
    """Name or alias to the icon's own name and its terms."""
    catalogue = yaml.load(get(FONT_AWESOME).text("metadata/icons.yml"), yaml.CSafeLoader)
    found = {}
    for name, about in catalogue.items():
        entry = (str(name), about["search"]["terms"] or [])
        for alias in about.get("aliases", {}).get("names", []):
            found[str(alias)] = entry
    for name, about in catalogue.items():
        found[str(name)] = (str(name), about["search"]["terms"] or [])
    return found


def healthicons(package: Package, _: Packages) -> Iterator[Icon]:
    """Tags without the codes of a health information system."""
    for about in json.loads(package.text("public/icons/meta-data.json")):
        for variant in ("filled", "outline"):
            file = package.folder / "public/icons/svg" / variant / f"{about['path']}.svg"
            if file.exists():
                name = f"healthicons/{about['path']}/{variant}"
                svg = file.read_text(encoding="utf-8")
                yield _icon(name, f"health:{about['path']}", about["tags"], svg)


def ionicons(package: Package, _: Packages) -> Iterator[Icon]:
    """Three styles, told by the end of the name."""
    tags = {i["name"]: i["tags"] for i in json.loads(package.text("dist/ionicons.json"))["icons"]}
    for path, svg in package.drawings("dist/svg"):
        if path.name in tags:
            variant = next(
                (v for v in ("outline", "sharp") if path.name.endswith(f"-{v}")), "filled"
            )
            base = path.name.removesuffix(f"-{variant}")
            yield _icon(f"ionicons/{path.name}/{variant}", f"ionicons:{base}", tags[path.name], svg)


def lucide(package: Package, _: Packages) -> Iterator[Icon]:
    """Tags by name; drawings under an icon's former name have none."""
    yield from _by_name(package, json.loads(package.text("tags.json")), "lucide", "outline")


def material_icons(package: Package, get: Packages) -> Iterator[Icon]:
    """Five styles of each icon."""
    tags = _material_tags(get)
    for path, svg in package.drawings("svg"):
        key = path.parent.name
        if key in tags:
            yield _icon(f"material-icons/{key}/{path.name}", f"material:{key}", tags[key], svg)


def material_symbols(package: Package, get: Packages) -> Iterator[Icon]:
    """Three styles with and without fill; tags of the Material Icon of the same name."""
    tags = _material_tags(get)
    for path, svg in package.drawings("."):
        key = path.name.removesuffix("-fill")
        if key in tags:
            variant = path.parent.name + ("-fill" if key != path.name else "")
            yield _icon(f"material-symbols/{key}/{variant}", f"material:{key}", tags[key], svg)


def _material_tags(get: Packages) -> dict[str, list[str]]:
    catalogue = json.loads(get(MATERIAL).text("data.json"))["icons"]
    return {about["name"]: about.get("tags", []) for about in catalogue}


def mdi(package: Package, _: Packages) -> Iterator[Icon]:
    """Aliases and tags."""
    catalogue = json.loads(package.text("meta.json"))
    names = {about["id"]: about["name"] for about in catalogue}
    for about in catalogue:
        key = about["name"]
        base = names.get(about["baseIconId"], key)
        svg = package.text(f"svg/{key}.svg")
        yield _icon(f"mdi/{key}/default", f"mdi:{base}", about["aliases"] + about["tags"], svg)


def octicons(package: Package, _: Packages) -> Iterator[Icon]:
    """Keywords; 24 px where there is one."""
    for key, about in json.loads(package.text("build/data.json")).items():
        height = max(about["heights"], key=lambda height: (height == "24", int(height)))
        drawn = about["heights"][height]
        svg = _svg(drawn["path"], int(drawn["width"]), int(height))
        base = key.removesuffix("-fill")
        yield _icon(f"octicons/{key}/{height}", f"octicons:{base}", about["keywords"], svg)


def phosphor(package: Package, _: Packages) -> Iterator[Icon]:
    """Tags of a script's list; six weights."""
    script = package.text("dist/index.mjs")
    entries = re.findall(r'\n    name: "([^"]+)",.*?\n    tags: \[(.*?)\]', script, re.DOTALL)
    tags = {name: re.findall(r'"([^"]*)"', listed) for name, listed in entries}
    for path, svg in package.drawings("assets"):
        weight = path.parent.name
        key = path.name.removesuffix(f"-{weight}")
        if key in tags:
            yield _icon(f"phosphor/{key}/{weight}", f"phosphor:{key}", tags[key], svg)


def tabler(package: Package, get: Packages) -> Iterator[Icon]:
    """Drawings of 2.47.0 with the older tags of 1.119.0; icons that came later have none."""
    # Some names occur twice in the older catalogue: json.loads alone would lose the first's tags.
    tags: dict[str, list[str]] = {}
    older = get("@tabler/icons@1.119.0").text("tags.json")
    for key, about in json.loads(older, object_pairs_hook=list):
        tags.setdefault(key, []).extend(dict(about)["tags"])
    for path, svg in package.drawings("icons"):
        if path.name in tags:
            base = path.name.removesuffix("-filled")
            variant = "filled" if base != path.name else "outline"
            yield _icon(f"tabler/{path.name}/{variant}", f"tabler:{base}", tags[path.name], svg)


def temaki(package: Package, _: Packages) -> Iterator[Icon]:
    """Groups as tags."""
    groups = {k: v["groups"] for k, v in json.loads(package.text("data/icons.json")).items()}
    yield from _by_name(package, groups, "temaki", "default")


def openclipart(package: Package, _: Packages) -> Iterator[Icon]:
    """Subjects inside each drawing, without the author's name."""
    root = "usr/share/openclipart/svg"
    for path, svg in package.drawings(root):
        if str(path).startswith("computer/icons/") or _POLYGON.search(path.name):
            continue
        tags, author = _between(svg, "subject", "rdf:li"), _between(svg, "creator", "dc:title")
        tags = [tag for tag in tags if tag not in author]
        yield _icon(f"openclipart/{path}/default", f"openclipart:{path}", tags, svg, cropped=True)


def _between(svg: str, part: str, element: str) -> list[str]:
    """Texts of the elements within a part of a drawing's description."""
    found = re.search(f"<dc:{part}>(.*?)</dc:{part}>", svg, re.DOTALL)
    texts = re.findall(f"<{element}>(.*?)</{element}>", found[1], re.DOTALL) if found else []
    return [text.strip().lower() for text in texts]


def icons_of(source: str, get: Packages) -> list[Icon]:
    """The tagged icons of a source, each with the tags of all its drawings.

    Only mdi's drawings keep tags of their own: what it calls one icon shows different things.
    """
    package, catalogue = SOURCES[source]
    icons = [icon for icon in catalogue(get(package), get) if icon.tags]
    if source == "mdi":
        return icons
    together: dict[str, dict[str, None]] = {}
    for icon in icons:
        together.setdefault(icon.base, {}).update(dict.fromkeys(icon.tags))
    return [replace(icon, tags=tuple(together[icon.base])) for icon in icons]


SOURCES: dict[str, tuple[str, Catalogue]] = {
    "aksel": ("@navikt/aksel-icons@8.16.2", aksel),
    "atlaskit": ("@atlaskit/icon@38.0.2", atlaskit),
    "blueprint": ("@blueprintjs/icons@6.14.1", blueprint),
    "carbon": ("@carbon/icons@11.89.0", carbon),
    "carbon-pictograms": ("@carbon/pictograms@12.82.0", carbon_pictograms),
    "devicon": ("devicon@2.17.0", devicon),
    "fontawesome5": ("@fortawesome/fontawesome-free@5.15.4", fontawesome5),
    "fontawesome6": (FONT_AWESOME, fontawesome6),
    "healthicons": ("healthicons@2.0.0", healthicons),
    "ionicons": ("ionicons@8.1.0", ionicons),
    "line-awesome": ("line-awesome@1.3.0", line_awesome),
    "lucide": ("lucide-static@1.62.0", lucide),
    "material-icons": (MATERIAL, material_icons),
    "material-symbols": ("@material-symbols/svg-400@0.48.2", material_symbols),
    "mdi": ("@mdi/svg@7.4.47", mdi),
    "octicons": ("@primer/octicons@19.42.0", octicons),
    "openclipart": (OPENCLIPART, openclipart),
    "phosphor": ("@phosphor-icons/core@2.1.1", phosphor),
    "tabler": ("@tabler/icons@2.47.0", tabler),
    "temaki": ("@rapideditor/temaki@5.13.0", temaki),
}


def _by_name(
    package: Package, tags: Mapping[str, list[str]], source: str, variant: str
) -> Iterator[Icon]:
    for path, svg in package.drawings("icons"):
        key = path.name
        if key in tags:
            yield _icon(f"{source}/{key}/{variant}", f"{source}:{key}", tags[key], svg)


def _svg(drawn: str, width: int, height: int | None = None) -> str:
    box = f"0 0 {width} {height or width}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{drawn}</svg>'


def _icon(name: str, base: str, tags: Iterable[Any], svg: str, *, cropped: bool = False) -> Icon:
    return Icon(name, base, tuple(str(tag) for tag in tags), svg, cropped)
