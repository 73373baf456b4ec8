// `hx-swap="keyed"`: what came from the desk replaces only what differs, by id, so that nothing moves under the reader,
// nothing typed is lost and nothing that has focus loses it.
//   data-keyed  its children are matched by id, new ones put in their place; older ones that were loaded stay
//   data-keep   stays as it is while its data-mark is the same; then it is loaded anew, and stays until that has come
import { inHand, offHand } from "./hands.js";
import { LATER, leavePassing, put, refill, sameTicket } from "./put.js";
import { load, noticeFailure } from "./shell.js";

/** Brings `current` to the state of `fresh`; gives back the element that stands there now. */
export function reconcile(current, fresh) {
  if (current.isEqualNode(fresh)) return current;
  if (!sameTicket(current, fresh)) return put(current, fresh);
  if (Number(fresh.dataset.seen) < Number(current.dataset.seen)) return overtaken(current, fresh);
  copyAttributes(current, fresh);
  const wanted = [...fresh.children];
  for (const child of [...current.children]) if (child.id && !wanted.some((other) => other.id === child.id)) child.remove();
  let place = current.firstElementChild;
  for (const child of wanted) {
    const own = child.id ? [...current.children].find((other) => other.id === child.id) : null;
    if (!own) {
      current.insertBefore(child, place);
      htmx.process(child);
      continue;
    }
    const result = part(own, child);
    place = result.nextElementSibling;
  }
  return current;
}

function part(own, fresh) {
  if (own.isEqualNode(fresh)) return own;
  if (own.matches("form.composer") && fresh.matches("form.composer")) return composer(own, fresh);
  if ("keep" in own.dataset) return own.dataset.mark === fresh.dataset.mark ? own : renewed(own, fresh);
  if ("keyed" in own.dataset) return thread(own, fresh);
  return put(own, fresh);
}

/** An answer that a younger one was quicker than. That the composer's words have gone their way is news all the same. */
function overtaken(current, fresh) {
  const [own, after] = [current, fresh].map((one) => one.querySelector(":scope > form.composer"));
  if (own && after && "anew" in after.dataset) composer(own, after);
  return current;
}

function renewed(own, fresh) {
  if (!own.childElementCount) return put(own, fresh); // nobody has looked at it yet
  copyAttributes(own, fresh);
  load("GET", fresh.getAttribute("hx-get"), { source: own, target: own, swap: "inside" });
  return own;
}

/** `hx-swap="inside"`: other content, where it is other content at all. */
function fill(own, fragment) {
  const fresh = own.cloneNode(false);
  leavePassing(fresh);
  fresh.append(...fragment.childNodes);
  if (!sameButOpen(own, fresh)) refill(own, fresh);
}

/** Only when a way to answer opened or closed, or when what was in it has gone its way. */
function composer(own, fresh) {
  if ("anew" in fresh.dataset || own.dataset.mark !== fresh.dataset.mark) {
    takeAlong(own, fresh);
    delete fresh.dataset.anew;
    return put(own, fresh);
  }
  const empty = !own.elements.text.value.trim() && !own.querySelector("[data-attachment]");
  if (empty) own.elements.seen.value = fresh.elements.seen.value; // nothing was begun, so nothing can be stale
  return own;
}

/** What was written and the desk does not know yet, and for whom it was meant: words of a note never become public. */
function takeAlong(own, fresh) {
  const [before, after] = [own.elements, fresh.elements];
  const words = before.text.value;
  if ("anew" in fresh.dataset) {
    const sent = own.dataset.sent;
    if (sent === undefined || words === sent || after.text.value) return;
    after.text.value = words.startsWith(sent) ? words.slice(sent.length).trimStart() : words; // typed since it was sent
  } else {
    if (after.text.value && after.text.value !== words && !("dirty" in own.dataset)) return; // the desk knows better
    after.text.value = words;
    for (const name of ["seen", "key", "canned", "canned_text"]) after[name].value = before[name].value;
    fresh.querySelector("#staged").replaceWith(own.querySelector("#staged"));
  }
  fresh.dataset.meant = before.visibility.value;
}

function thread(own, fresh) {
  const atEnd = own.scrollHeight - own.scrollTop - own.clientHeight < 48;
  const before = new Map([...own.children].map((child) => [child.id, child]));
  const after = new Set([...fresh.children].map((child) => child.id));
  const first = [...fresh.children].find((child) => before.has(child.id) && child.id !== "earlier");
  let reached = false; // what stands above the first common entry was loaded earlier and stays
  for (const child of [...own.children]) {
    reached ||= child === before.get(first?.id);
    if (reached && !after.has(child.id)) child.remove();
  }
  let place = first ? before.get(first.id) : own.firstElementChild;
  let begun = !first;
  for (const child of [...fresh.children]) {
    begun ||= child.id === first?.id;
    if (!begun) continue;
    const known = before.get(child.id);
    const now = known?.isConnected ? (sameButOpen(known, child) ? known : put(known, child)) : own.insertBefore(child, place);
    if (!known) htmx.process(now);
    place = now.nextElementSibling;
  }
  if (atEnd) own.scrollTop = own.scrollHeight;
  return own;
}

/** Equal but for what the reader has unfolded, and what is being asked of the desk at this moment. */
function sameButOpen(a, b) {
  const folded = a.cloneNode(true);
  for (const menu of folded.querySelectorAll("details[open]")) menu.removeAttribute("open");
  for (const button of folded.querySelectorAll("[data-toggles]")) button.setAttribute("aria-expanded", "false");
  for (const list of folded.querySelectorAll(".versions-of")) list.hidden = true;
  for (const kept of folded.querySelectorAll(`.kept, ${LATER}`)) kept.replaceChildren();
  for (const state of folded.querySelectorAll("[data-leaves]")) state.textContent = "";
  const other = b.cloneNode(true);
  for (const state of other.querySelectorAll("[data-leaves]")) state.textContent = "";
  for (const part of [folded, ...folded.querySelectorAll("[class]")]) leavePassing(part);
  return folded.isEqualNode(other);
}

function copyAttributes(own, fresh) {
  for (const { name, value } of fresh.attributes) if (own.getAttribute(name) !== value) own.setAttribute(name, value);
}

htmx.defineExtension("keyed", {
  isInlineSwap: (style) => style === "keyed",
  handleSwap(style, target, fragment) {
    if (style === "inside") offHand(() => target.isConnected && fill(target, fragment));
    if (style !== "keyed") return style === "inside" && [];
    const fresh = fragment.id === target.id ? fragment : fragment.querySelector?.(`#${CSS.escape(target.id)}`);
    if (!fresh) return false;
    reconcile(target, fresh);
    return []; // all is processed already
  },
});

// By the time the desk answers, what asked may have been drawn anew: a dialog that closed, a row that changed, a composer
// that a colleague's reply replaced. htmx would then look beside an element that has left the page for how and where the
// answer goes in. So both are remembered while it still stands there. And where the place itself has gone, another ticket
// is open: an answer about the last one comes too late, wherever it wants to go now. But what a person opened last opens.
const styles = new WeakMap(); // how an answer goes in, by the configuration of its request
let wanted = null; // the last request of a link
let asked = null; // the last request for a dialog, and the ticket that was open then

const open = () => document.querySelector("#conversation[data-ticket]")?.dataset.ticket;

/** A dialog that somebody has given up meanwhile: they asked for another one, or opened another ticket. */
function givenUp({ target, requestConfig }) {
  if (target.id !== "dialog" || requestConfig.verb !== "get" || !asked) return false;
  const bulk = /[?&]bulk=1/.test(requestConfig.path);
  return asked.request !== requestConfig || (!bulk && asked.ticket !== open());
}

function place({ detail }) {
  if (givenUp(detail)) return void (detail.shouldSwap = false);
  if (detail.requestConfig.path.includes("/fresh/") && inHand()) {
    detail.shouldSwap = false;
    return void document.dispatchEvent(new CustomEvent("desk:unseen")); // asked again once the hand is off
  }
  took(detail);
  const { elt, target } = detail.requestConfig;
  const gone = !target.isConnected;
  const now = gone && detail.requestConfig === wanted && document.getElementById(target.id);
  if (now) detail.target = now;
  else if (gone && detail.target.id !== "notices") {
    detail.shouldSwap = false;
    return late(detail);
  }
  if (!detail.shouldSwap || (elt.isConnected && !gone)) return;
  detail.shouldSwap = false;
  const url = detail.xhr.getResponseHeader("HX-Push-Url") ?? (detail.boosted ? detail.pathInfo.finalRequestPath : null);
  if (url) history.pushState({ htmx: true }, "", url);
  const [swapStyle] = (detail.swapOverride ?? styles.get(detail.requestConfig) ?? "innerHTML").split(" ");
  const spec = { swapStyle, swapDelay: 0, settleDelay: 0 };
  htmx.swap(detail.target, detail.serverResponse, spec, { contextElement: document.getElementById("main"), eventInfo: detail });
}

/** What the desk took is not typed any more, and not carried over when its form is drawn anew. */
function took({ requestConfig: { elt, verb, formData }, xhr: { status } }) {
  if (verb === "get" || status >= 400 || !elt.matches("form:not(.composer)")) return;
  for (const field of elt.querySelectorAll("input[name]:not([type=hidden]), textarea[name]")) {
    if (field.type === "file") field.value = "";
    else if (formData.get(field.name) === field.value) field.defaultValue = field.value;
  }
}

/** What remains of an answer about a ticket that is no longer open: its bar to take the reply back, or that it failed. */
function late({ requestConfig: { elt, target, verb }, xhr: { status }, serverResponse }) {
  if (verb === "get" || !target.dataset.ticket) return;
  if (status >= 500) return elt.isConnected || noticeFailure("sayBroken"); // an asker that has gone tells nobody itself
  if (status >= 400) return noticeFailure("sayRefused");
  const template = document.createElement("template");
  template.innerHTML = serverResponse; // made and escaped by the desk
  for (const bar of template.content.querySelectorAll(".undo")) {
    document.getElementById("leaving")?.append(bar);
    htmx.process(bar);
  }
}

document.addEventListener("htmx:beforeSwap", place);
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const style = detail.requestConfig.elt.closest("[hx-swap]")?.getAttribute("hx-swap");
  if (style) styles.set(detail.requestConfig, style);
  if (detail.boosted) wanted = detail.requestConfig;
  if (detail.target.id === "dialog" && detail.requestConfig.verb === "get") asked = { request: detail.requestConfig, ticket: open() };
  detail.target.addEventListener("htmx:beforeSwap", place); // what has left the page tells the document nothing
});
