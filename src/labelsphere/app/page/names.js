/** Completion of tag names, from the server's search. */
import { getJson } from "./api.js";
import { byId, element } from "./dom.js";

let timer;

/** Fills the shared list of names as somebody types into one of some inputs. */
export function completeNames(ids) {
  for (const id of ids) {
    byId(id).addEventListener("input", (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => fill(event.target), 120);
    });
  }
}

async function fill(input) {
  // After a comma the name that is being typed is completed, and what stands before it is kept.
  const typed = /^(.*,\s*)?([^,]*)$/.exec(input.value);
  const [before, part] = [typed?.[1] ?? "", typed?.[2] ?? ""];
  if (!part) return;
  const found = await getJson(`/v1/labels?top=12&search=${encodeURIComponent(part)}`);
  byId("names").replaceChildren(
    ...found.labels.map((label) =>
      element("option", { value: before + label.name, label: `${label.name} (${label.count})` })),
  );
}
