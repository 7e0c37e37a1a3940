/** The four views, and which of them is shown. */
import { getJson, takeToken } from "./api.js";
import { attempt, byId, say } from "./dom.js";
import { startExplore } from "./explore.js";
import { completeNames } from "./names.js";
import { startReview } from "./review.js";
import { startTag } from "./tag.js";
import { startTeach } from "./teach.js";

const VIEWS = ["tag", "explore", "teach", "review"];
const starts = { tag: startTag, explore: startExplore, teach: startTeach, review: startReview };
const started = new Set();
let model;

function show() {
  const wanted = VIEWS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "tag";
  for (const view of VIEWS) {
    byId(`view-${view}`).hidden = view !== wanted;
    const link = document.querySelector(`nav a[href="#${view}"]`);
    if (view === wanted) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  say("");
  document.title = `${byId(`heading-${wanted}`).textContent} – Labelsphere`;
  if (model && !started.has(wanted)) {
    started.add(wanted);
    attempt(() => starts[wanted](model));
  }
}

takeToken();
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  byId("content").focus();
});
addEventListener("hashchange", show);
completeNames(["search-name", "teach-like", "change-name", "change-value"]);
show();
await attempt(async () => {
  model = await getJson("/v1/model");
  byId("model").textContent =
    `${model.labels.toLocaleString()} tags, ${model.backbone}` + (model.calibrated ? "" : ", not calibrated");
  show();
});
