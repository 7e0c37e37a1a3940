/** View "Explore": the map, and tags that are added and subtracted. */
import { getJson, sendJson } from "./api.js";
import { attempt, byId, element, say } from "./dom.js";
import { TagMap } from "./map.js";

const terms = [];
let map;

export async function startExplore(model) {
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const input = byId("search-name");
    const typed = input.value.trim();
    if (typed) change(() => terms.push({ name: typed, sign: event.submitter?.value === "minus" ? -1 : 1 }));
    input.value = "";
    input.focus();
  });
  byId("search").addEventListener("reset", () => change(() => { terms.length = 0; }));
  if (!model.has_space) {
    byId("map-caption").textContent = "This tagger has no label space, so there is no map.";
    return;
  }
  byId("map-caption").textContent = "The map is being made. The first time takes up to a minute.";
  const data = await getJson("/v1/map");
  byId("map-caption").textContent = data.caption;
  map = new TagMap(byId("map"), data, walk);
  walk(data.names[0], false);
}

/** Goes to one tag. */
function walk(name, move = true) {
  return change(() => terms.splice(0, terms.length, { name, sign: 1 }), move);
}

async function change(edit, move = true) {
  const before = [...terms];
  edit();
  const done = await attempt(async () => { await answer(move); return true; });
  if (!done) {
    terms.splice(0, terms.length, ...before);
    renderTerms();
  }
}

async function answer(move) {
  renderTerms();
  if (!terms.length) {
    byId("nearest").replaceChildren();
    map?.show([]);
    return;
  }
  const names = (sign) => terms.filter((term) => term.sign === sign).map((term) => term.name);
  const found = await sendJson("POST", "/v1/combine", { plus: names(1), minus: names(-1), top: 14 });
  say("");
  byId("nearest").replaceChildren(...found.neighbors.map((near) =>
    element("li", {}, element("button", { onclick: () => walk(near.label) },
      element("span", {}, near.label), element("span", { class: "quiet" }, near.proximity.toFixed(3))))));
  map?.show([...(terms.length === 1 ? names(1) : []), ...found.neighbors.map((near) => near.label)], move);
}

function renderTerms() {
  byId("terms").replaceChildren(...terms.map((term, place) =>
    element("button", {
      class: term.sign > 0 ? "plus" : "minus",
      "aria-label": `Remove ${term.sign > 0 ? "" : "minus "}${term.name}`,
      onclick: () => change(() => terms.splice(place, 1)),
    }, `${term.sign > 0 ? "+" : "−"} ${term.name} ×`)));
}
