/** View "Tag": pictures come in, tags come out, and a person has the last word. */
import { getBlob, getJson, name, sendForBlob, sendForm, tagPictures } from "./api.js";
import { attempt, byId, download, drawPicture, element, say } from "./dom.js";

const MOST = 16;
const shown = [];
let turns = 0;

/** Pictures of this view, for the view that teaches tags. */
export const shownFiles = () => shown.map((picture) => picture.file);

export function startTag(model) {
  const drop = byId("drop");
  for (const id of ["files", "camera"]) {
    byId(id).addEventListener("change", (event) => {
      take([...event.target.files]);
      event.target.value = "";
    });
  }
  addEventListener("paste", (event) => {
    if (!byId("view-tag").hidden && event.clipboardData?.files.length) take([...event.clipboardData.files]);
  });
  for (const kind of ["dragover", "drop", "dragleave"]) {
    addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) take([...event.dataTransfer.files]);
    });
  }
  byId("threshold").addEventListener("input", () => {
    const value = Number(byId("threshold").value);
    byId("threshold-value").textContent = value ? value.toFixed(2) : "each tag's own threshold";
    shown.forEach(render);
  });
  byId("order").hidden = !model.has_order;
  byId("specific").addEventListener("input", () => { byId("specific-value").textContent = orderName(); });
  byId("specific").addEventListener("change", () => attempt(tagAgain));
}

const specific = () => Number(byId("specific").value);

function orderName() {
  if (specific() === 0) return "most likely first";
  return specific() === 1 ? "most specific first" : `${Math.round(100 * specific())} % towards specific`;
}

/** All pictures once more, after their order was changed; an answer that comes late is dropped. */
async function tagAgain() {
  const turn = ++turns;
  const pictures = shown.filter((picture) => !picture.result.error);
  for (let start = 0; start < pictures.length; start += MOST) {
    const some = pictures.slice(start, start + MOST);
    const results = await tagPictures(some.map((picture) => picture.file), { specific: specific() });
    if (turn !== turns) return;
    some.forEach((picture, index) => {
      picture.result = results[index];
      render(picture);
    });
  }
  if (pictures.length) say(`Tags in order: ${orderName()}.`);
}

function take(files) {
  return attempt(async () => {
    say(`Tagging ${files.length} ${files.length === 1 ? "picture" : "pictures"} …`);
    for (let start = 0; start < files.length; start += MOST) {
      const some = files.slice(start, start + MOST);
      const results = await tagPictures(some, { specific: specific() });
      results.forEach((result, index) => add(some[index], result));
    }
    say(`Tagged ${files.length} ${files.length === 1 ? "picture" : "pictures"}.`);
  });
}

function add(file, result) {
  const canvas = element("canvas", { role: "img", "aria-label": result.name });
  const picture = { file, result, words: new Map(), body: element("div") };
  shown.push(picture);
  const card = element("article", { class: "picture" }, element("div", {}, canvas), picture.body);
  byId("pictures").prepend(card);
  drawPicture(canvas, file).catch(() => canvas.remove());
  render(picture);
}

/** A person's word, or else the threshold's. */
function level(picture, tag) {
  const word = picture.words.get(tag.label);
  if (word) return word;
  const threshold = Number(byId("threshold").value);
  if (threshold && tag.probability !== null) return tag.probability >= threshold ? "accept" : "suggest";
  return tag.level === "none" ? "less" : tag.level;
}

function render(picture) {
  const { result, body } = picture;
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.label : undefined;
  if (result.error) {
    body.replaceChildren(element("h3", {}, result.name), element("p", { class: "notice" }, result.error));
    return;
  }
  const groups = { accept: [], suggest: [], less: [], reject: [] };
  for (const tag of result.tags) groups[level(picture, tag)].push(tag);
  const headings = { accept: "Accepted", suggest: "Suggested", less: "Less likely", reject: "Rejected" };
  const parts = [element("h3", {}, result.name)];
  for (const [key, tags] of Object.entries(groups)) {
    if (!tags.length) continue;
    const list = element("ul", { class: "tags", "aria-label": headings[key] }, ...tags.map((tag) => row(picture, tag, key)));
    // Where little is accepted or suggested, the rest is what a person looks for.
    const open = groups.accept.length + groups.suggest.length < 3;
    const most = key === "less" ? element("details", { open }, element("summary", {}, `${headings[key]} (${tags.length})`), list) : null;
    parts.push(...(most ? [most] : [element("h4", {}, headings[key]), list]));
  }
  const accepted = () => result.tags.filter((tag) => level(picture, tag) === "accept");
  parts.push(element("div", { class: "row" },
    element("button", { class: "secondary", onclick: () => copy(accepted()) }, "Copy accepted"),
    element("button", { class: "secondary", onclick: () => save(picture, accepted(), "txt") }, "Download .txt"),
    element("button", { class: "secondary", onclick: () => save(picture, accepted(), "xmp") }, "Download .xmp"),
  ));
  body.replaceChildren(...parts);
  if (focused) [...body.querySelectorAll(".tag")].find((item) => item.dataset.label === focused)?.focus();
}

function row(picture, tag, key) {
  const percent = tag.probability === null ? "" : `${(tag.probability * 100).toFixed(tag.probability < 0.1 ? 1 : 0)} %`;
  const fill = element("span");
  fill.style.width = `${100 * (tag.probability ?? 0)}%`;
  const choose = (word) => {
    if (picture.words.get(tag.label) === word) picture.words.delete(tag.label);
    else picture.words.set(tag.label, word);
    render(picture);
  };
  const item = element("li", { class: `tag ${key}`, tabIndex: 0, "aria-label": `${tag.label} ${percent}` },
    element("span", { class: "name" }, tag.label),
    element("span", { class: "bar", title: `score ${tag.score}` }, fill, element("b", {}, percent || tag.score.toFixed(2))),
    element("span", { class: "row" },
      element("button", { onclick: () => choose("accept"), "aria-label": `Accept ${tag.label}` }, "Accept"),
      element("button", { onclick: () => choose("reject"), "aria-label": `Reject ${tag.label}` }, "Reject"),
      element("button", { onclick: () => why(picture, tag, item), "aria-label": `Why ${tag.label}?` }, "Why?"),
    ),
  );
  item.dataset.label = tag.label;
  item.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...picture.body.querySelectorAll(".tag")];
    const place = rows.indexOf(item);
    const actions = {
      a: () => choose("accept"), r: () => choose("reject"), w: () => why(picture, tag, item),
      ArrowDown: () => rows[place + 1]?.focus(), ArrowUp: () => rows[place - 1]?.focus(),
    };
    if (actions[event.key]) {
      event.preventDefault();
      actions[event.key]();
    }
  });
  return item;
}

/** The tag's nearest neighbours among the picture's tags, and like pictures of the training. */
async function why(picture, tag, item) {
  const open = item.querySelector(".why");
  if (open) return open.remove();
  return attempt(async () => {
    const form = new FormData();
    form.append("file", picture.file, "picture");
    const [near, like] = await Promise.all([
      getJson(`/v1/labels/${name(tag.label)}/neighbors?top=200`),
      picture.like ?? (picture.like = sendForm("/v1/similar", form)),
    ]);
    const there = new Set(picture.result.tags.map((other) => other.label));
    const close = near.neighbors.filter((other) => there.has(other.label)).slice(0, 6);
    const sets = like.images.filter((image) => image.labels.includes(tag.label)).length;
    item.append(element("div", { class: "why" },
      element("p", {}, close.length
        ? `Goes together with: ${close.map((other) => `${other.label} (${other.proximity.toFixed(2)})`).join(", ")}.`
        : "None of this picture's other tags is near it."),
      element("p", {}, like.images.length
        ? `${sets} of the ${like.images.length} tagged pictures nearest to it have it:`
        : "The tagger keeps no tags of its training pictures."),
      element("ul", { class: "like" }, ...like.images.map(likePicture)),
    ));
  });
}

/** A tagged picture: itself where the server was given its pictures, and its tags. */
function likePicture(image) {
  const labels = image.labels.join(", ");
  const item = element("li", {}, element("span", {}, labels));
  if (image.picture !== null) {
    const canvas = element("canvas", { role: "img", "aria-label": `A picture with the tags ${labels}` });
    item.prepend(canvas);
    getBlob(`/v1/pictures/${image.picture}`).then((blob) => drawPicture(canvas, blob, 96)).catch(() => canvas.remove());
  }
  return item;
}

async function copy(tags) {
  await attempt(async () => {
    await navigator.clipboard.writeText(tags.map((tag) => tag.label).join(", "));
    say(`Copied ${tags.length} tags.`);
  });
}

function save(picture, tags, format) {
  return attempt(async () => {
    const body = { format, tags: tags.map(({ label, probability }) => ({ label, probability })) };
    const stem = picture.result.name.replace(/\.[^.]*$/, "");
    download(await sendForBlob("/v1/sidecar", body), format === "xmp" ? `${picture.result.name}.xmp` : `${stem}.txt`);
  });
}
