// What a canned response asks for: its questions in the dialog, and the filled text once they are answered.
import { load, noticeFailure, post } from "./shell.js";

let answered = null; // whoever waits for the text

/** The text with the agent's answers, or null where the agent closed the dialog. */
export async function ask(url, visibility) {
  const dialog = document.getElementById("dialog");
  const text = new Promise((resolve) => (answered = resolve));
  dialog.addEventListener("close", () => settle(null), { once: true });
  await load("GET", `${url}?visibility=${visibility}`, { source: "#composer", target: "#dialog", swap: "innerHTML" });
  if (!dialog.open) settle(null); // the desk said why
  return text;
}

function settle(text) {
  answered?.(text);
  answered = null;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-canned-fill]")) return;
  event.preventDefault();
  const answer = await post(form.action, new FormData(form)).catch(() => null);
  if (!answer || answer.status >= 500) return noticeFailure(answer ? "sayBroken" : "sayOffline");
  const words = await answer.text();
  const dialog = document.getElementById("dialog");
  if (answer.ok) {
    settle(words);
    return dialog.close();
  }
  dialog.innerHTML = words; // made and escaped by the desk
  dialog.querySelector('[aria-invalid="true"], input:not([type=hidden])')?.focus();
});

// ── what it does beside the words: seen before it is sent, and left out by whoever unticks it ────────────────────────
const lines = (text) => (text ?? "").split("\n").filter(Boolean);

/** Shows what is done once the reply is sent; nothing where there is none. */
export function stage(keys, words) {
  const set = document.getElementById("staged");
  for (const old of set.querySelectorAll("label")) old.remove();
  lines(keys).forEach((key, at) => {
    const label = document.createElement("label");
    label.className = "check";
    const box = Object.assign(document.createElement("input"), { type: "checkbox", value: key, checked: true });
    label.append(box, lines(words)[at]);
    set.append(label);
  });
  set.hidden = !lines(keys).length;
}

/** What stays ticked, one a line. */
export const staged = () => [...document.querySelectorAll("#staged input:checked")].map((box) => box.value).join("\n");
