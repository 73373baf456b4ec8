// Who else is here: told to the desk while a ticket is open, shown in rows and above the conversation.
import { post } from "./shell.js";
import { say } from "./words.js";

const url = document.body.dataset.presenceUrl;
const me = Number(document.body.dataset.userId);
const EACH = 20_000; // the desk forgets somebody who was silent for 45 s
const TYPING = 5_000; // … and that somebody types after 8 s
const people = new Map(); // by ticket, for rows that are drawn anew
let typingAt = 0;
let told = "";

const open = () => document.querySelector("#conversation[data-ticket]")?.dataset.ticket ?? "";

async function tell(state, ticket = open()) {
  if (!url || !ticket) return;
  try {
    await post(url, { ticket, state });
  } catch {
    // The page says that the line is lost; presence comes back with it.
  }
}

function here() {
  const ticket = document.visibilityState === "visible" ? open() : "";
  if (told && told !== ticket) tell("left", told);
  told = ticket;
  if (ticket) tell(Date.now() - typingAt < TYPING ? "typing" : "viewing");
}

/** The reader writes: the others are told, again every few seconds. */
export function isTyping() {
  if (Date.now() - typingAt < TYPING) return;
  typingAt = Date.now();
  tell("typing");
}

const and = (names) => (names.length < 2 ? (names[0] ?? "") : say("and", { some: names.slice(0, -1).join(", "), last: names.at(-1) }));

function show(ticket) {
  const others = (people.get(String(ticket)) ?? []).filter((person) => person.id !== me);
  const typing = others.filter((person) => person.typing).map((person) => person.name);
  const mark = document.querySelector(`#row-${CSS.escape(String(ticket))} .presence`);
  if (mark) {
    mark.hidden = others.length === 0;
    const first = (name) => name.split(" ")[0];
    mark.textContent = typing.length ? say("typing", { name: first(typing[0]) }) : others.length ? say("here", { name: first(others[0].name) }) : "";
  }
  if (String(ticket) === open()) notice(others, typing);
}

function notice(others, typing) {
  const place = document.getElementById("presence");
  if (!place) return;
  place.hidden = others.length === 0;
  const names = others.map((person) => person.name);
  const words = typing.length
    ? say("typingHere", { name: and(typing) })
    : names.length === 1
      ? say("viewing", { name: names[0] })
      : say("viewingMany", { names: and(names) });
  place.querySelector("span").textContent = names.length ? words : "";
}

document.addEventListener("live:presence", ({ detail }) => {
  if (!detail.ticket) return; // somebody in a war room
  if (detail.people.length) people.set(String(detail.ticket), detail.people);
  else people.delete(String(detail.ticket));
  show(detail.ticket);
});
/** What the page knew when it was made. */
function learn(element) {
  if (!element?.dataset.people) return;
  for (const [ticket, present] of Object.entries(JSON.parse(element.dataset.people))) {
    people.set(ticket, present);
    show(ticket);
  }
}
document.addEventListener("desk:listed", () => learn(document.getElementById("tickets")));
document.addEventListener("desk:opened", () => {
  learn(document.getElementById("conversation"));
  show(open());
  here();
});
document.addEventListener("desk:put", () => show(open()));
document.addEventListener("visibilitychange", here);
document.addEventListener("live:back", here);
window.addEventListener("pagehide", () => {
  if (url && told) fetch(url, { method: "POST", keepalive: true, headers: { "X-CSRFToken": document.body.dataset.csrf }, body: new URLSearchParams({ ticket: told, state: "left" }) });
});
setInterval(here, EACH);
