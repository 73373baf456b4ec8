// Comboboxes in dialogs: type to narrow the list, arrows to choose, Enter to take. Marked with data-choices="id of the list".
const listOf = (input) => document.getElementById(input.dataset.choices);
const shown = (list) => [...list.querySelectorAll('[role="option"]')].filter((option) => !option.hidden);
const words = (option) => option.textContent.toLocaleLowerCase();

function narrow(input) {
  const typed = input.value.trim().toLocaleLowerCase();
  const list = listOf(input);
  for (const option of list.querySelectorAll('[role="option"]')) option.hidden = !words(option).includes(typed);
  choose(input, "free" in input.dataset ? null : shown(list)[0]);
}

function choose(input, option) {
  for (const other of listOf(input).querySelectorAll('[role="option"]')) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
  const chosen = input.form.querySelector("[data-chosen]");
  if (chosen) chosen.value = option?.dataset.value ?? "";
}

function take(input, option) {
  choose(input, option);
  if ("free" in input.dataset) input.value = option.dataset.value;
  input.form.requestSubmit();
}

document.addEventListener("input", (event) => event.target.dataset.choices && narrow(event.target));
document.addEventListener("click", (event) => {
  const option = event.target.closest('.options [role="option"]');
  if (option) take(document.querySelector(`[data-choices="${option.parentElement.id}"]`), option);
});
document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (!input.dataset?.choices || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  const all = shown(listOf(input));
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "Enter") {
    if (at < 0) return; // the form goes with what was typed
    event.preventDefault();
    take(input, all[at]);
    return;
  }
  event.preventDefault();
  if (all.length) choose(input, all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
});
document.addEventListener("htmx:afterSwap", (event) => {
  const input = event.detail.target?.id === "dialog" && event.detail.target.querySelector("[data-choices]");
  if (input) narrow(input);
});
