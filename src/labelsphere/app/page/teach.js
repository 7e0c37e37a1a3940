/** View "Teach": adding a tag without training, and changing other tags. */
import { name, sendForm, sendJson, tagPictures } from "./api.js";
import { attempt, byId, drawPicture, element, say } from "./dom.js";
import { shownFiles } from "./tag.js";

let tried;

export function startTeach(model) {
  byId("teach-refused").hidden = model.changeable;
  for (const form of ["teach", "change"]) {
    for (const field of byId(form).elements) field.disabled = !model.changeable || field.id === "keep";
  }
  byId("teach").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(tryIt);
  });
  byId("teach").addEventListener("input", () => { byId("keep").disabled = true; });
  byId("keep").addEventListener("click", () => attempt(keep));
  byId("change").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(changeTag);
  });
  byId("change-how").addEventListener("change", (event) => {
    byId("change-value").disabled = event.target.value === "remove";
  });
}

/** Builds the request from the form. */
async function request() {
  const like = byId("teach-like").value.split(",").map((part) => part.trim()).filter(Boolean);
  const files = [...byId("teach-files").files];
  const body = { name: byId("teach-name").value.trim() };
  if (like.length) return { ...body, like };
  if (!files.length) throw new Error("Give similar tags, or pictures that have the tag.");
  const results = await tagPictures(files, { top: 12 });
  const examples = results.filter((result) => !result.error).map((result) => {
    const accepted = result.tags.filter((tag) => tag.level === "accept");
    return (accepted.length ? accepted : result.tags.slice(0, 5)).map((tag) => tag.label);
  });
  if (!examples.length) throw new Error(results[0].error);
  return { ...body, examples };
}

async function tryIt() {
  say("Trying it …");
  const body = await request();
  const found = await sendJson("POST", "/v1/labels", { ...body, preview: true });
  showNeighbors(found.neighbors);
  const files = distinct([...byId("teach-shown").files, ...byId("teach-files").files, ...shownFiles()]).slice(0, 12);
  byId("gets").replaceChildren();
  if (files.length) await showPictures(body, files);
  tried = body;
  byId("keep").disabled = false;
  say(`“${body.name}” is near ${found.neighbors.slice(0, 3).map((near) => near.label).join(", ")}.`);
}

/** Removes repeated files: the same picture may be chosen in several fields and views. */
function distinct(files) {
  return [...new Map(files.map((file) => [[file.name, file.size, file.lastModified].join("/"), file])).values()];
}

function showNeighbors(neighbors) {
  byId("lies").replaceChildren(...neighbors.map((near) =>
    element("li", {}, element("span", {}, near.label), element("span", { class: "quiet" }, near.proximity.toFixed(3)))));
}

async function showPictures(body, files) {
  const form = new FormData();
  form.append("label", JSON.stringify(body));
  for (const file of files) form.append("file", file, file.name || "picture");
  const found = await sendForm("/v1/labels/preview", form);
  const cards = found.results.map((result, index) => {
    const canvas = element("canvas", { role: "img", "aria-label": result.name });
    drawPicture(canvas, files[index], 128).catch(() => canvas.remove());
    const text = result.error ?? (result.rank <= 10
      ? `${result.name}: gets it, as tag ${result.rank}`
      : `${result.name}: does not get it, because it is tag ${result.rank}`);
    return element("div", { class: "gets" }, canvas, element("span", {}, text));
  });
  byId("gets").replaceChildren(element("h3", {}, "Pictures that get it"), ...cards);
}

async function keep() {
  const done = await sendJson("POST", "/v1/labels", tried);
  // Move the focus first: a disabled button would lose it.
  byId("teach-name").focus();
  byId("keep").disabled = true;
  showNeighbors(done.neighbors);
  say(`“${tried.name}” is in the tagger, which now knows ${done.labels.toLocaleString()} tags.`);
}

async function changeTag() {
  const label = byId("change-name").value.trim();
  const value = byId("change-value").value.trim();
  const how = byId("change-how").value;
  if (how !== "remove" && !value) throw new Error("Give the other name.");
  const path = `/v1/labels/${name(label)}`;
  const calls = {
    rename: () => sendJson("PATCH", path, { name: value }),
    alias: () => sendJson("PATCH", path, { aliases: [value] }),
    merge: () => sendJson("POST", `${path}/merge`, { into: value }),
    remove: () => sendJson("DELETE", path, {}),
  };
  const done = await calls[how]();
  byId("change").reset();
  byId("change-value").disabled = false;
  say(`Done. The tagger now knows ${done.labels.toLocaleString()} tags.`);
}
