// What the company knows, beside the composer: asked for when a ticket is opened, and again while somebody types.
import { load, noticeFailure, post } from "./shell.js";
import { field, form, replace } from "./writing.js";

const PAUSE = 700; // after the last key; findings are asked for earlier

let waiting = 0;
let asked = ""; // what was typed when the desk was asked last
let caret = null; // where words of an article go

const list = () => document.getElementById("known");

function look() {
  const words = (field()?.value ?? "").trim();
  if (!list() || words === asked) return;
  asked = words;
  load("POST", list().dataset.url, { source: list(), target: list(), swap: "inside", values: { text: words } });
}

document.addEventListener("input", (event) => {
  if (event.target !== field()) return;
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
});

document.addEventListener("desk:opened", () => (asked = ""));
document.addEventListener("desk:put", ({ detail }) => {
  if (detail.element.id !== "composer") return; // which asks for what fits the ticket, and not yet for what fits the words
  asked = "";
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE);
});

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.code !== "KeyK" || event.ctrlKey || event.metaKey) return;
  const first = list()?.querySelector("[data-known]");
  if (!first) return;
  event.preventDefault();
  first.focus();
});

document.addEventListener("focusout", (event) => {
  if (event.target === field()) caret = { form: form(), from: field().selectionStart, to: field().selectionEnd };
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-known-use]");
  if (!button) return;
  const dialog = document.getElementById("dialog");
  const address = button.closest("[data-known-dialog]").dataset.useUrl;
  const answer = await post(address, { how: button.dataset.knownUse }).catch(() => null);
  if (!answer?.ok) return noticeFailure(answer ? "sayBroken" : "sayOffline");
  const words = await answer.text();
  dialog.close();
  if (!field()) return;
  const end = field().value.length;
  const { from, to } = caret?.form === form() ? caret : { from: end, to: end };
  const before = field().value.slice(0, from);
  replace(from, to, before && !/\s$/.test(before) ? ` ${words}` : words);
});
