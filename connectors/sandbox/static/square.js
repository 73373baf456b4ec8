// The town square: who one is, on which network, and what is said there, live.

import { $, arrange, call, h, icon, keep, kept, portrait, say } from "/static/dom.js";
import { drawChat } from "/static/chat.js";
import { drawTimeline } from "/static/threads.js";
import { head, language, number, t } from "/static/words.js";

// `handles`: people go by their @handle, and speak to a company by naming it. `reviews`: with stars, each with one answer.
// `feelings`: what people show below the company's posts without a word, `quotes`: they can quote them.
// `apps`: another app of the company's can have a conversation, and its customer says what is read.
// `mail`: with a subject, and what is sent is sent.
const PLACES = [
  { id: "x", network: "x", private: false, limit: 25000, handles: true, edits: true, quotes: true },
  { id: "xdm", network: "x", private: true, limit: 10000, handles: true },
  { id: "facebook", network: "facebook", private: false, limit: 8000, edits: true, feelings: ["like", "love", "haha", "wow", "sad", "angry"] },
  { id: "messenger", network: "facebook", private: true, limit: 2000, apps: true },
  { id: "instagram", network: "instagram", private: false, limit: 2200 },
  { id: "igdirect", network: "instagram", private: true, limit: 1000, apps: true },
  { id: "mastodon", network: "mastodon", private: false, limit: 5000, handles: true, edits: true, quotes: true, feelings: ["like", "share"] },
  { id: "mastodondm", network: "mastodon", private: true, limit: 5000, handles: true },
  { id: "bluesky", network: "bluesky", private: false, limit: 300, handles: true, quotes: true, feelings: ["like", "share"] },
  { id: "blueskydm", network: "bluesky", private: true, limit: 1000, handles: true },
  { id: "google_business", network: "google_business", private: false, limit: 4000, edits: true, reviews: true },
  { id: "google_play", network: "google_play", private: false, limit: 500, edits: true, reviews: true },
  { id: "app_store", network: "app_store", private: false, limit: 6000, edits: true, reviews: true },
  { id: "mailbox", network: "mailbox", private: true, limit: 20000, mail: true },
];
const EVERY_MS = 1500;
const SHOWN_PEOPLE = 7;

/** All that the page knows. `open` is the post whose reply or edit form is open, `drafts` what stands in the forms. */
export const state = {
  place: PLACES[0], companies: [], company: null, people: [], persona: null, feed: null, tag: "",
  open: null, drafts: new Map(), known: null, target: "", thread: "",
};

export const asCompany = () => state.persona === null;

/** Who is speaking, as the control API wants it. */
export function speaker() {
  return asCompany() ? { origin: "native" } : { author: { handle: state.persona.handle, name: state.persona.name, followers: state.persona.followers } };
}

export async function act(work) {
  try {
    const done = await work();
    await refresh();
    return done ?? true;
  } catch (error) {
    say(error.message || t("lost"), "bad");
    return null;
  }
}

/** Write something; "" where the network refused it. */
export function write(facts) {
  const base = { network: state.place.network, account: state.company.handle };
  return act(() => call("POST", "/_sandbox/posts", { ...base, ...speaker(), ...facts }));
}

export function become(person) {
  state.persona = person;
  state.open = null;
  keep("persona", person ? JSON.stringify(person) : "company");
  if (person && !state.people.some((one) => one.handle === person.handle)) state.people.unshift(person);
  draw();
}

async function refresh() {
  if (!state.company) return;
  const { place, company } = state;
  const address = `/square/feed?network=${place.network}&account=${encodeURIComponent(company.handle)}&private=${place.private}`;
  let answer;
  try {
    answer = await fetch(address, { headers: state.tag ? { "If-None-Match": state.tag } : {}, cache: "no-store" });
  } catch {
    say(t("lost"), "bad");
    return;
  }
  if (answer.status !== 200 || place !== state.place || company !== state.company) return;
  state.tag = answer.headers.get("ETag") ?? "";
  state.feed = await answer.json();
  announce();
  drawPlace();
}

/** Tell of what the company said since the last look. */
function announce() {
  const said = state.feed.posts.filter((post) => post.author?.company && post.origin === "api" && !post.deleted);
  const fresh = state.known && said.filter((post) => !state.known.has(post.id));
  state.known = new Set(said.map((post) => post.id));
  if (fresh?.length) say(t("answers", { name: state.company.name }), "good");
}

async function loadCompanies() {
  const found = await call("GET", `/_sandbox/accounts?network=${state.place.network}`);
  state.companies = found.accounts;
  const wanted = kept(`company.${state.place.network}`);
  state.company = state.companies.find((one) => one.handle === wanted) ?? state.companies[0] ?? null;
}

async function go(place, company = null) {
  if (company) keep(`company.${place.network}`, company.handle);
  Object.assign(state, { place, feed: null, tag: "", open: null, known: null, thread: "" });
  keep("place", place.id);
  try {
    await loadCompanies();
  } catch {
    say(t("lost"), "bad");
  }
  draw();
  await refresh();
}

// The columns

function drawPlaces() {
  document.body.dataset.place = state.place.id;
  $("places").replaceChildren(
    ...PLACES.map((place) =>
      h("button", {
        type: "button", class: `tab ${place.id}`, "aria-current": place === state.place ? "page" : null,
        on: { click: () => go(place) }, text: t(place.id),
      }),
    ),
  );
}

function personButton(person, chosen) {
  const reach = person.followers ? t("reach", { n: number(person.followers) }) : t("nobodyYet");
  return h("button", {
    type: "button", class: "person", "aria-pressed": String(chosen), on: { click: () => become(person) },
  }, portrait(person), h("span", { class: "who" },
    h("span", { class: "name", text: person.name }),
    h("span", { class: "meta", text: reach }),
  ));
}

function drawCast() {
  const chosen = state.persona?.handle;
  const mine = state.people.filter((one) => one.handle === chosen);
  const others = state.people.filter((one) => one.handle !== chosen && (one.lang ?? language.now) === language.now);
  const shown = [...mine, ...others].slice(0, SHOWN_PEOPLE);
  const field = h("input", { type: "text", name: "name", maxlength: "60", required: true, placeholder: t("yourName"), "aria-label": t("yourName"), autocomplete: "off" });
  const form = h("form", {
    class: "row", on: {
      submit: (event) => {
        event.preventDefault();
        const name = field.value.trim();
        const handle = name.normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "").replace(/[^\x20-\x7e]/g, "").toLowerCase().slice(0, 15);
        if (name) become({ handle: handle || `guest${Date.now() % 100000}`, name, followers: 0 });
      },
    },
  }, field, h("button", { class: "small", text: "OK" }));
  $("cast").replaceChildren(
    h("h2", { text: t("you") }),
    h("div", { class: "people" },
      ...shown.map((person) => personButton(person, person.handle === chosen)),
      state.company && h("button", {
        type: "button", class: "person", "aria-pressed": String(asCompany()), on: { click: () => become(null) },
      }, portrait(state.company), h("span", { class: "who" },
        h("span", { class: "name", text: state.company.name }), h("span", { class: "meta", text: t("native") }))),
    ),
    h("label", { class: "other" }, h("span", { class: "meta", text: t("someone") })),
    form,
  );
}

function drawWings() {
  const crowd = h("div", { class: "choice", role: "group", "aria-label": t("crowd") });
  const paces = [["off", 0], ["normal", 1], ["fast", 6]];
  const drawPaces = (now) => crowd.replaceChildren(...paces.map(([word, pace]) => h("button", {
    type: "button", class: "small", "aria-pressed": String(pace === 0 ? now === 0 : pace === 1 ? now > 0 && now <= 1 : now > 1), text: t(word),
    on: {
      click: async () => {
        const body = { network: state.place.network, account: state.company.handle, pace };
        const told = await act(() => call("PUT", "/_sandbox/crowd", body));
        if (told) drawPaces(told.pace);
      },
    },
  })));
  const companies = state.companies.length > 1 && h("div", { class: "people" }, ...state.companies.map((company) => h("button", {
    type: "button", class: "person", "aria-pressed": String(company === state.company), on: { click: () => go(state.place, company) },
  }, portrait(company), h("span", { class: "who" }, h("span", { class: "name", text: company.name }), h("span", { class: "meta", text: `@${company.handle}` })))));
  $("wings").replaceChildren(
    h("h2", { text: t("backstage") }),
    ...(companies ? [companies] : []),
    ...(state.company ? [h("div", { class: "card inset" }, h("h3", { text: t("crowd") }), h("p", { class: "meta", text: t("crowdHint") }), crowd)] : []),
    h("a", { class: "link", href: "/faults/" }, icon("bolt"), h("span", { text: t("toFaults") })),
  );
  if (!state.company) return;
  const { network } = state.place;
  const { handle } = state.company;
  call("GET", "/_sandbox/crowd").then(
    (told) => drawPaces(told.crowd.find((one) => one.network === network && one.account === handle)?.pace ?? 0),
    () => drawPaces(0),
  );
}

function drawNobody() {
  const field = h("input", { type: "text", required: true, maxlength: "40", placeholder: t("companyName"), "aria-label": t("companyName") });
  const make = async (event) => {
    event.preventDefault();
    const handle = field.value.normalize("NFKD").replace(/[^a-zA-Z0-9_]/g, "").toLowerCase().slice(0, 15) || "company";
    const body = { network: state.place.network, handle, name: field.value.trim() };
    if (await act(() => call("POST", "/_sandbox/accounts", body))) go(state.place);
  };
  return h("div", { class: "card empty" },
    h("p", { class: "big", text: t("noCompany") }), h("p", { class: "meta", text: t("noCompanyHint") }),
    h("form", { class: "row", on: { submit: make } }, field, h("button", { class: "main", text: t("makeCompany") })));
}

function drawPlace() {
  const place = $("place");
  if (!state.company) arrange(place, [drawNobody()]);
  else if (state.place.private) drawChat(place);
  else drawTimeline(place);
}

function draw() {
  head(draw);
  document.title = `${t(state.place.id)} · ${t("square")}`;
  $("cast").setAttribute("aria-label", t("you"));
  $("wings").setAttribute("aria-label", t("backstage"));
  drawPlaces();
  drawCast();
  drawWings();
  $("place").replaceChildren();
  drawPlace();
}

async function begin() {
  const asked = new URLSearchParams(location.search);
  state.target = asked.get("post") ?? "";
  state.thread = asked.get("conversation") ?? "";
  const wanted = asked.get("network") || kept("place");
  try {
    state.people = (await call("GET", "/square/people")).people;
    const saved = kept("persona");
    state.persona = saved === "company" ? null : saved ? JSON.parse(saved) : state.people.find((one) => one.lang === language.now);
    if (state.persona && !state.people.some((one) => one.handle === state.persona.handle)) state.people.unshift(state.persona);
  } catch {
    state.persona = { handle: "guest", name: "Guest", followers: 0 };
  }
  await go(PLACES.find((place) => place.id === wanted) ?? PLACES[0]);
  setInterval(() => document.hidden || refresh(), EVERY_MS);
}

begin();
