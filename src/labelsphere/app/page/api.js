/** Requests to the server. The token stays in this tab. */
import { byId } from "./dom.js";

let token = sessionStorage.getItem("token") ?? "";

/** Takes a token out of the address, so that it is not copied along with it. */
export function takeToken() {
  const found = /^#token=(.+)$/.exec(location.hash);
  if (found) {
    token = decodeURIComponent(found[1]);
    sessionStorage.setItem("token", token);
    history.replaceState(null, "", "#tag");
  }
}

function askForToken() {
  const dialog = byId("token-dialog");
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      token = byId("token").value.trim();
      sessionStorage.setItem("token", token);
      resolve(token !== "");
    }, { once: true });
    dialog.showModal();
  });
}

async function send(path, options, asked = false) {
  const headers = new Headers(options.headers);
  if (token) headers.set("Authorization", `Bearer ${token}`);
  const answer = await fetch(path, { ...options, headers });
  if (answer.status === 401 && !asked && (await askForToken())) return send(path, options, true);
  return answer;
}

async function read(answer) {
  if (answer.ok) return answer;
  let reason = `${answer.status} ${answer.statusText}`;
  try { reason = (await answer.json()).error ?? reason; } catch { /* No JSON: the status says it. */ }
  throw new Error(reason);
}

export const name = (label) => encodeURIComponent(label).replaceAll("%2F", "/");

export async function getJson(path) {
  return (await read(await send(path, {}))).json();
}

export async function getBlob(path) {
  return (await read(await send(path, {}))).blob();
}

export async function sendJson(method, path, body) {
  const options = { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return (await read(await send(path, options))).json();
}

export async function sendForBlob(path, body) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return (await read(await send(path, options))).blob();
}

export async function sendForm(path, form) {
  return (await read(await send(path, { method: "POST", body: form }))).json();
}

/** Tags of pictures; a picture that cannot be read has an error of its own. */
export async function tagPictures(files, { top = 30, specific = 0 } = {}) {
  const form = new FormData();
  for (const file of files) form.append("file", file, file.name || "picture");
  const answer = await send(`/v1/tag?top=${top}&specific=${specific}`, { method: "POST", body: form });
  const body = await answer.json();
  if (!body.results) throw new Error(body.error ?? `${answer.status} ${answer.statusText}`);
  return body.results;
}
