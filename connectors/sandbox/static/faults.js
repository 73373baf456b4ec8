// The fault panel: what can go wrong, what is armed, and what the desk and its webhooks have just met.

import { $, call, h, say } from "/static/dom.js";
import { head, language, t } from "/static/words.js";

const EVERY_MS = 1500;
const SECONDS = { rate_limit: 60, timeout_before: 30, timeout_after: 30, slow: 3, reordered_delivery: 2, webhook_delayed: 10, webhook_replayed: 5, clock_skew: 300 };
const GROUPS = [
  ["groupAnswer", ["rate_limit", "rate_limit_without_reset", "unauthorized", "payment_required", "forbidden", "not_allowed", "not_found", "server_error_json", "server_error_html"]],
  ["groupLine", ["timeout_before", "timeout_after", "slow", "truncated_json", "malformed_json"]],
  ["groupHook", ["webhook_lost", "webhook_delayed", "webhook_replayed", "webhook_bad_signature", "duplicate_delivery", "reordered_delivery"]],
  ["groupMail", ["greylisted", "over_quota", "renumbered"]],
  ["groupClock", ["clock_skew"]],
];
const HOOKS = new Set(GROUPS[2][1]);
const FACEBOOKS = new Set(["rate_limit", "rate_limit_without_reset", "forbidden", "not_allowed", "not_found", "payment_required", "server_error_json"]);
const DOES = {
  en: {
    rate_limit: "Too many requests, with the time from which they are welcome again", rate_limit_without_reset: "Too many requests, without saying until when",
    unauthorized: "The token is expired or revoked", payment_required: "Credits are used up (Facebook: barred)", forbidden: "A permission is missing",
    not_allowed: "A rule of the network forbids it", not_found: "What is asked for is not there",
    server_error_json: "The network has a fault of its own and says so", server_error_html: "The network answers with a web page",
    timeout_before: "No answer; nothing took effect", timeout_after: "It took effect, but no answer comes", slow: "The answer comes late",
    truncated_json: "Half an answer; it took effect", malformed_json: "An unreadable answer; it took effect",
    duplicate_delivery: "The event is delivered twice", reordered_delivery: "The event comes after the next one", webhook_lost: "The event never comes",
    webhook_delayed: "The event comes late", webhook_replayed: "The event comes, and again later", webhook_bad_signature: "First with a wrong signature, then right",
    greylisted: "A mail server does not know us yet: not now, in some minutes", over_quota: "More was read than may be today; sending: the customer’s mailbox is full",
    renumbered: "The mailbox has new numbers from now on (UIDVALIDITY)",
    clock_skew: "The network’s clock is off, up to minus a day",
  },
  nl: {
    rate_limit: "Te veel verzoeken, met de tijd vanaf wanneer ze weer mogen", rate_limit_without_reset: "Te veel verzoeken, zonder te zeggen tot wanneer",
    unauthorized: "Het token is verlopen of ingetrokken", payment_required: "Het tegoed is op (Facebook: geweerd)", forbidden: "Er ontbreekt een recht",
    not_allowed: "Een regel van het netwerk verbiedt het", not_found: "Wat gevraagd wordt is er niet",
    server_error_json: "Het netwerk heeft zelf een storing en zegt dat", server_error_html: "Het netwerk antwoordt met een webpagina",
    timeout_before: "Geen antwoord; er is niets gebeurd", timeout_after: "Het is gebeurd, maar er komt geen antwoord", slow: "Het antwoord komt laat",
    truncated_json: "Een half antwoord; het is gebeurd", malformed_json: "Een onleesbaar antwoord; het is gebeurd",
    duplicate_delivery: "De gebeurtenis komt twee keer", reordered_delivery: "De gebeurtenis komt na de volgende", webhook_lost: "De gebeurtenis komt nooit",
    webhook_delayed: "De gebeurtenis komt laat", webhook_replayed: "De gebeurtenis komt, en later nog eens", webhook_bad_signature: "Eerst met een verkeerde handtekening, dan goed",
    greylisted: "Een mailserver kent ons nog niet: nu niet, over een paar minuten", over_quota: "Er is meer gelezen dan vandaag mag; versturen: de mailbox van de klant is vol",
    renumbered: "De mailbox heeft vanaf nu nieuwe nummers (UIDVALIDITY)",
    clock_skew: "De klok van het netwerk loopt verkeerd, tot min een dag",
  },
};
// What a fault strikes: a word, and the pattern for it. A network's name stands before the rest of a path.
const STRIKES = [
  ["everything", ""], ["matchRead", "^(GET /[a-z]+/(v?[0-9.]+)/|IMAP )"], ["matchWrite", "^(POST|PUT|DELETE|SMTP) "],
  ["matchPublic", "^POST .*(/2/tweets$|/comments$|/replies$|/mentions$)"], ["matchPrivate", "(dm_|/messages|/conversations|^SMTP)"],
];

const chosen = { network: "*", kind: "rate_limit", match: "", own: false, times: 1, params: {} };
let networks = [];

function pressed(text, on, isPressed) {
  return h("button", { type: "button", class: "small", "aria-pressed": String(isPressed), text, on: { click: on } });
}

function set(name, value) {
  chosen[name] = value;
  drawArm();
}

function input(name, label, help) {
  return h("label", { class: "field" }, h("span", { text: t(label) }),
    h("input", { type: "number", step: "any", value: chosen.params[name] ?? "", on: { input: (event) => (chosen.params[name] = event.target.value) } }),
    h("span", { class: "meta", text: help }));
}

function drawArm() {
  const { kind } = chosen;
  const params = [];
  if (SECONDS[kind]) params.push(input("seconds", "seconds", t("secondsHelp", { n: SECONDS[kind] })));
  if (kind.startsWith("server_error")) params.push(input("status", "status", t("statusHelp")));
  if (FACEBOOKS.has(kind) && ["facebook", "instagram"].includes(chosen.network)) params.push(input("code", "code", t("codeHelp")), input("subcode", "subcode", t("subcodeHelp")));
  const strikes = HOOKS.has(kind) ? [["matchHook", ""]] : kind === "clock_skew" ? [] : STRIKES;
  const own = h("input", { type: "text", class: "code", value: chosen.match, "aria-label": t("pattern"), placeholder: "POST /x/2/tweets", on: { input: (event) => (chosen.match = event.target.value) } });
  const times = [[1, "once"], [3, "three"], [null, "always"]];
  const form = h("form", { on: { submit: (event) => { event.preventDefault(); arm(); } } },
    h("fieldset", {}, h("legend", { text: t("where") }), h("div", { class: "choice" },
      pressed(t("every"), () => set("network", "*"), chosen.network === "*"),
      ...networks.map((network) => pressed(t(network), () => set("network", network), chosen.network === network)))),
    h("fieldset", {}, h("legend", { text: t("what") }), ...GROUPS.flatMap(([word, kinds]) => [
      h("p", { class: "group", text: t(word) }),
      h("div", { class: "kinds" }, ...kinds.map((name) => h("button", {
        type: "button", class: "kind", "aria-pressed": String(name === kind),
        on: { click: () => { Object.assign(chosen, { params: {}, match: "", own: false }); set("kind", name); } },
      }, h("code", { text: name }), h("span", { text: DOES[language.now][name] })))),
    ])),
    strikes.length > 0 && h("fieldset", {}, h("legend", { text: t("whenTo") }), h("div", { class: "choice" },
      ...strikes.map(([word, match]) => pressed(t(word), () => { chosen.own = false; set("match", match); }, !chosen.own && chosen.match === match)),
      pressed(t("matchOwn"), () => set("own", true), chosen.own)),
    chosen.own && h("label", { class: "field" }, own, h("span", { class: "meta", text: t("pattern") }))),
    h("div", { class: "pair" }, h("fieldset", {}, h("legend", { text: t("times") }), h("div", { class: "choice" }, ...times.map(([value, word]) => pressed(t(word), () => set("times", value), chosen.times === value)))), ...params),
    h("div", { class: "row" }, h("button", { class: "main", text: t("armNow") })));
  $("arm").replaceChildren(h("h1", { text: t("arm") }), form);
}

async function arm() {
  const params = Object.fromEntries(Object.entries(chosen.params).filter(([, value]) => value !== "").map(([name, value]) => [name, Number(value)]));
  const { network, kind, match, times } = chosen;
  await tried(() => call("POST", "/_sandbox/faults", { network, kind, match, times, params }));
}

async function tried(work) {
  try {
    await work();
  } catch (error) {
    say(error.message || t("lost"), "bad");
  }
  await refresh();
}

function drawArmed(faults) {
  const rows = faults.map((fault) => {
    const left = fault.times === null ? t("untilCleared") : fault.times === 0 ? t("used") : t("leftTimes", { n: fault.times });
    const params = Object.entries(fault.params).map(([name, value]) => `${name} ${value}`).join(", ");
    const facts = [fault.network === "*" ? t("every") : t(fault.network), fault.match, params, left, t("strikes", { n: fault.hits })];
    return h("div", { class: `item ${fault.times === 0 ? "done" : ""}` }, h("code", { text: fault.kind }),
      h("span", { class: "meta", text: facts.filter(Boolean).join(" · ") }),
      h("button", { type: "button", class: "small", text: t("clear"), on: { click: () => tried(() => call("DELETE", `/_sandbox/faults/${fault.id}`)) } }));
  });
  fill("armed", JSON.stringify(faults), t("armed"), rows.length ? h("div", { class: "items" }, ...rows) : h("p", { class: "meta", text: t("nothingArmed") }),
    rows.length > 1 && h("div", { class: "row" }, h("button", { type: "button", class: "small", text: t("clearAll"), on: { click: () => tried(() => call("DELETE", "/_sandbox/faults")) } })));
}

function drawDeliveries(deliveries) {
  const order = { pending: 0, failed: 1, lost: 2, delivered: 3 };
  const sorted = [...deliveries].sort((one, other) => order[one.state] - order[other.state]).slice(0, 60);
  const words = { pending: "statePending", delivered: "stateDelivered", failed: "stateFailed", lost: "stateLost" };
  const rows = sorted.map((one) => h("div", { class: "item" }, h("code", { text: one.event }),
    h("span", { class: `state ${one.state}`, text: t(words[one.state]) }),
    h("span", { class: "meta", text: [clock(one.created_at), one.answer, one.attempts > 1 && t("attempts", { n: one.attempts })].filter(Boolean).join(" · ") })));
  fill("deliveries", JSON.stringify(sorted.map((one) => [one.id, one.state, one.attempts, one.answer])), t("pending"),
    rows.length ? h("div", { class: "scroll", tabindex: "0" }, h("div", { class: "items" }, ...rows)) : h("p", { class: "meta", text: t("noDeliveries") }));
}

function drawRequests(requests) {
  const shown = requests.slice(0, 100);
  const heads = [["colTime"], ["colNetwork"], ["colRequest"], ["colStatus", "number"], ["colMs", "number"], ["colFault"]];
  const rows = shown.map((one) => h("tr", { class: one.fault ? "struck" : null },
    h("td", { text: clock(one.at) }), h("td", { text: t(one.network) }), h("td", { class: "path" }, h("code", { text: `${one.method} ${one.path}` })),
    h("td", { class: `number ${one.status >= 400 || ["", "NO", "BAD"].includes(one.status || "") ? "error" : ""}`, text: one.status || t("hungUp") }), h("td", { class: "number", text: String(Math.round(one.ms)) }), h("td", {}, h("code", { text: one.fault }))));
  fill("requests", JSON.stringify([shown[0], shown.length]), t("requests"), rows.length
    ? h("div", { class: "scroll", tabindex: "0" }, h("table", { class: "requests" },
      h("thead", {}, h("tr", {}, ...heads.map(([word, kind]) => h("th", { scope: "col", class: kind, text: t(word) })))), h("tbody", {}, ...rows)))
    : h("p", { class: "meta", text: t("noRequests") }));
}

const marks = new Map();

/** Draw a card anew only where what it shows has changed, so that nothing moves under a pointer. */
function fill(id, mark, title, ...children) {
  const key = language.now + mark;
  if (marks.get(id) === key) return;
  marks.set(id, key);
  const before = $(id).querySelector(".scroll")?.scrollTop ?? 0;
  $(id).replaceChildren(h("h2", { class: "head", text: title }), ...children.filter(Boolean));
  const scroll = $(id).querySelector(".scroll");
  if (scroll) scroll.scrollTop = before;
}

function clock(milliseconds) {
  return new Date(milliseconds).toLocaleTimeString(language.now, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

async function refresh() {
  try {
    const [armed, told, asked] = await Promise.all([call("GET", "/_sandbox/faults"), call("GET", "/_sandbox/deliveries"), call("GET", "/_sandbox/requests")]);
    drawArmed(armed.faults);
    drawDeliveries(told.deliveries);
    drawRequests(asked.requests);
  } catch {
    say(t("lost"), "bad");
  }
}

function draw() {
  head(draw);
  document.title = t("faults");
  $("places").replaceChildren(h("a", { class: "tab", href: "/square/", text: t("toSquare") }), h("span", { class: "tab", "aria-current": "page", text: t("faults") }), h("a", { class: "tab", href: "/mail/", text: t("mails") }));
  drawArm();
  refresh();
}

async function begin() {
  try {
    networks = (await call("GET", "/_sandbox/health")).networks;
  } catch {
    networks = ["x", "facebook", "instagram", "mastodon", "bluesky"];
  }
  draw();
  setInterval(() => document.hidden || refresh(), EVERY_MS);
}

begin();
