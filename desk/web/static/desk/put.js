// Drawing a part of the page anew under somebody's eyes: what was unfolded stays unfolded, what was typed stays typed, what
// was asked for stays there, and focus goes to what now stands where it was.
const heirs = new WeakMap(); // what took the place of an element

export const sameTicket = (a, b) => a.dataset.ticket === b.dataset.ticket;

/** Replaces, and gives back what stands there now. */
export function put(own, fresh) {
  const focused = own.contains(document.activeElement) ? document.activeElement : null;
  if (sameTicket(own, fresh)) keep(own, fresh);
  const twin = focused && twinOf(focused, own, fresh);
  const far = scrolling(own).map((part) => part.scrollLeft);
  own.replaceWith(fresh);
  heirs.set(own, fresh);
  window.htmx?.process(fresh);
  scrolling(fresh).forEach((part, at) => (part.scrollLeft = far[at] ?? 0));
  if (twin) focus(twin, focused);
  document.dispatchEvent(new CustomEvent("desk:put", { detail: { element: fresh } }));
  return fresh;
}

/** Puts what `fresh` holds into `own`, which itself stays. */
export function refill(own, fresh) {
  const focused = own.contains(document.activeElement) ? document.activeElement : null;
  keep(own, fresh);
  const twin = focused && twinOf(focused, own, fresh);
  for (const part of own.children) heirs.set(part, own);
  own.replaceChildren(...fresh.childNodes);
  for (const part of own.children) window.htmx?.process(part);
  if (twin) focus(twin, focused);
}

/** What stands now where an element stood that was drawn anew since; null where there is nothing like it any more. */
export function heir(element) {
  let now = element;
  while (now && !now.isConnected) {
    let part = now;
    while (part && !heirs.has(part)) part = part.parentElement;
    now = part && (part === now ? heirs.get(part) : twinOf(now, part, heirs.get(part)));
  }
  return now ?? null;
}

/** Focus for what stands there now, with the caret where it was. */
function focus(twin, before) {
  twin.focus({ preventScroll: true });
  if (typeof before.selectionStart === "number" && typeof twin.selectionStart === "number") {
    twin.setSelectionRange(before.selectionStart, before.selectionEnd);
  }
}

const scrolling = (part) => [part, ...part.querySelectorAll(".scroll")].filter((one) => one.matches(".scroll"));

const PASSING = ["htmx-request", "htmx-added", "htmx-settling", "htmx-swapping"];

/** Without what says that the desk is being asked at this moment. */
export function leavePassing(part) {
  part.classList.remove(...PASSING);
  if (!part.getAttribute("class")) part.removeAttribute("class");
  return part;
}

// ── what only the page knows ──────────────────────────────────────────────────────────────────────────────────────────
function keep(own, fresh) {
  const there = (id) => (id ? fresh.querySelector(`#${CSS.escape(id)}`) : null);
  const menus = [...fresh.querySelectorAll("details")];
  for (const [at, menu] of [...own.querySelectorAll("details")].entries()) {
    const twin = menu.id ? there(menu.id) : menus[at];
    if (menu.open && twin) twin.open = true;
  }
  for (const button of own.querySelectorAll('[data-toggles][aria-expanded="true"]')) {
    const part = there(button.dataset.toggles);
    if (part) part.hidden = false;
    twinOf(button, own, fresh)?.setAttribute("aria-expanded", "true");
  }
  for (const shown of own.querySelectorAll(`.kept:not(:empty), ${LATER}`)) there(shown.id)?.replaceChildren(...shown.childNodes);
  for (const field of own.querySelectorAll("input:not([type=hidden], [type=file]), textarea, select")) {
    if (isTyped(field) && !field.matches("form.composer [name=text]")) type(twinOf(field, own, fresh), field);
  }
  for (const field of own.querySelectorAll(".hand-in input[type=file]")) {
    const twin = field.files.length && twinOf(field, own, fresh);
    if (twin) twin.files = field.files;
  }
}

/** What loads itself into its place stays there until it has done so again. */
export const LATER = '[id][hx-trigger^="load"]:not(:empty)';

const asMade = (select) => [...select.options].find((option) => option.defaultSelected) ?? select.options[0];

/** Whether somebody has written, ticked or chosen something else than the desk put there. */
export function isTyped(field) {
  if (field.localName === "select") return field.selectedOptions[0] !== asMade(field);
  return field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

function type(twin, field) {
  if (!twin) return;
  if (field.type === "checkbox" || field.type === "radio") twin.checked = field.checked;
  else twin.value = field.value;
}

// ── who is who ────────────────────────────────────────────────────────────────────────────────────────────────────────
/** What stands in `fresh` where `element` stands in `own`: by its name, or what says and does the same. */
function twinOf(element, own, fresh) {
  const around = element.parentElement?.closest("[id]");
  const inside = around && around !== own && own.contains(around) && fresh.querySelector(`#${CSS.escape(around.id)}`);
  return (inside && likeIn(element, around, inside)) || likeIn(element, own, fresh);
}

function likeIn(element, own, fresh) {
  const selector = nameOf(element);
  if (selector) return fresh.matches(selector) ? fresh : fresh.querySelector(selector);
  const like = (part) => [...part.querySelectorAll(element.localName)].filter((other) => deedOf(other) === deedOf(element));
  return like(fresh)[like(own).indexOf(element)] ?? null;
}

/** What a link or a button says and does: focus never goes on to one that does it to something else. */
function deedOf(element) {
  const where = ["href", "hx-get", "hx-post"].map((name) => element.getAttribute(name)).concat(element.form?.getAttribute("action"));
  return [element.textContent, element.getAttribute("aria-label"), ...where.map((url) => url?.split("?")[0])].join("\n");
}

const isTypedIn = (field) => field.matches("textarea, select, input:not([type=checkbox], [type=radio])");

function nameOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.dataset.key) return `[data-key="${CSS.escape(element.dataset.key)}"]`;
  if (element.name && isTypedIn(element)) return `[name="${CSS.escape(element.name)}"]`;
  if (element.name) return `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]`;
  if (element.matches(".ticket-row")) return ".ticket-row";
  return "summary" === element.localName ? "summary" : null;
}
