/** View "Review": one doubtful tag at a time, decided by key. */
import { getBlob, getJson, sendJson } from "./api.js";
import { attempt, byId, drawPicture, element, say } from "./dom.js";

const decided = [];
let items = [];
let current;
let busy = false;

export async function startReview(model) {
  byId("review-none").hidden = model.review;
  byId("review-one").hidden = !model.review;
  if (!model.review) return;
  byId("review-yes").addEventListener("click", () => decide(true));
  byId("review-no").addEventListener("click", () => decide(false));
  byId("review-undo").addEventListener("click", undo);
  addEventListener("keydown", (event) => {
    if (byId("view-review").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select")) return;
    const actions = { y: () => decide(true), n: () => decide(false), u: undo };
    actions[event.key.toLowerCase()]?.();
  });
  await next();
}

async function next() {
  const found = await getJson("/v1/review?top=50");
  items = found.items;
  const waiting = found.looked_at < found.pictures;
  byId("review-progress").textContent =
    `${decided.length} decided. ${found.looked_at.toLocaleString()} of ${found.pictures.toLocaleString()} pictures looked at.`;
  [current] = items;
  for (const id of ["review-yes", "review-no"]) byId(id).disabled = !current;
  byId("review-undo").disabled = !decided.length;
  if (!current) {
    byId("review-question").textContent = waiting ? "Looking at the pictures …" : "No doubtful tags are left.";
    byId("review-why").textContent = "";
    if (waiting) setTimeout(() => attempt(next), 1500);
    return;
  }
  byId("review-question").replaceChildren("Does this picture have the tag ", element("strong", {}, current.label), "?");
  const likely = current.probability === null ? "less likely than its hundred best tags" : `${(100 * current.probability).toFixed(0)} % likely`;
  byId("review-why").textContent = `${current.name}: the sidecar ${current.present ? "has" : "lacks"} it; the tagger finds it ${likely}.`;
  await drawPicture(byId("review-picture"), await getBlob(`/v1/review/pictures/${current.picture}`));
}

async function decide(keep) {
  if (!current || busy) return;
  busy = true;
  await attempt(async () => {
    const { picture, label } = current;
    const { had } = await sendJson("POST", "/v1/review/decisions", { picture, label, keep });
    decided.push({ picture, label, keep: had });
    say(`${label}: ${keep ? "yes" : "no"}.`);
    await next();
  });
  busy = false;
}

async function undo() {
  if (!decided.length || busy) return;
  busy = true;
  await attempt(async () => {
    const last = decided.pop();
    await sendJson("POST", "/v1/review/undo", last);
    say(`${last.label}: undone.`);
    await next();
  });
  busy = false;
}
