// The command bar (Ctrl K): a combobox over what the desk finds for a few letters.
import { heir } from "./put.js";

const dialog = document.getElementById("command");
const input = document.getElementById("command-input");
const list = document.getElementById("command-list");
let opener = null;
let asked = 0; // answers may come in another order than the questions
let wait = 0;
let found = null; // the letters that the list is about

const options = () => [...list.querySelectorAll('[role="option"]')];
const pressed = (option) => document.querySelector(`[data-key="${CSS.escape(option.dataset.press)}"]`); // on this page
const chosen = () => list.querySelector('[aria-selected="true"]');

function open() {
  opener = document.activeElement;
  input.value = "";
  found = null;
  dialog.showModal();
  input.focus();
  find();
}

async function find() {
  clearTimeout(wait);
  const question = ++asked;
  const letters = input.value;
  const headers = { "HX-Request": "true" };
  const answer = await fetch(`${dialog.dataset.url}?q=${encodeURIComponent(letters)}`, { headers }).catch(() => null);
  const html = answer?.ok ? await answer.text().catch(() => null) : null;
  if (question !== asked || html === null) return;
  list.innerHTML = html; // made and escaped by the desk
  found = letters;
  for (const option of list.querySelectorAll("[data-press]")) {
    if (pressed(option)) continue;
    option.previousElementSibling.remove(); // its head: it is alone below it
    option.remove();
  }
  choose(options()[0]);
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-expanded", String(options().length > 0));
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
}

function step(by) {
  const all = options();
  if (all.length) choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
}

/** Enter goes by the letters as they stand, not by a list that is still about fewer of them. */
async function enter() {
  const letters = input.value;
  if (found !== letters) await find();
  if (found === letters && dialog.open) go(chosen());
}

function go(option) {
  if (!option) return;
  dialog.close();
  if (option.dataset.form) document.getElementById(option.dataset.form).requestSubmit();
  else if (option.dataset.press) pressed(option).click();
  else if (option.dataset.url) location.assign(option.dataset.url);
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  }
});
document.addEventListener("click", (event) => event.target.closest("[data-command-open]") && open());
input.addEventListener("input", () => {
  clearTimeout(wait);
  wait = setTimeout(find, 120);
});
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") step(1);
  else if (event.key === "ArrowUp") step(-1);
  else if (event.key === "Enter") enter();
  else return;
  event.preventDefault();
});
list.addEventListener("mousemove", (event) => {
  const option = event.target.closest('[role="option"]');
  if (option && option !== chosen()) choose(option);
});
list.addEventListener("click", (event) => go(event.target.closest('[role="option"]')));
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("close", () => heir(opener)?.focus()); // a row may have been drawn anew meanwhile
