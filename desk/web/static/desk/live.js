// The live line: server-sent events, told to the page as events on `document`:
//   live:tickets live:presence live:counts live:reply live:inbox live:notification live:crisis
//   live:rulebook live:approval live:thread   detail = what the desk published
//   live:lost {since}   live:back   live:resync (what was missed is unknown: load your lists again)
//
// A browser gives one host six connections over HTTP/1.1. So a tab out of sight lets go of its line after a while,
// all but one of them, and catches up by the id it saw last when it is looked at again.
const page = document.body.dataset;
const KINDS = ["tickets", "presence", "counts", "reply", "inbox", "notification", "crisis", "rulebook", "approval", "signal", "thread"];
const SILENCE = 40_000; // the server says something every 15 s
const GRACE = 2_500; // a line that is back by then was never gone for the reader
const WAITS = [1, 2, 4, 8, 15, 30].map((seconds) => seconds * 1000);
const HIDDEN_AFTER = 20_000;

let source = null;
let last = page.liveSince; // the id from which the next connection continues
let heardAt = Date.now();
let lostAt = 0; // 0: the line is live
let told = false; // whether the reader knows that it is lost
let behind = false; // connected, but the desk itself hears nothing
let failures = 0;
let retryAt = 0;
let signedOut = false;

const tell = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
export const isLive = () => lostAt === 0;

function connect() {
  retryAt = 0;
  source?.close();
  source = new EventSource(`${page.liveUrl}?since=${encodeURIComponent(last)}`);
  heardAt = Date.now();
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      heard(event);
      tell(kind, JSON.parse(event.data));
    });
  }
  source.addEventListener("ready", (event) => {
    heard(event);
    failures = 0;
    if (!behind) back();
  });
  source.addEventListener("beat", heard);
  source.addEventListener("resync", (event) => {
    heard(event);
    behind = false;
    back();
    tell("resync");
  });
  source.addEventListener("behind", (event) => {
    heard(event);
    behind = true;
    lose();
  });
  source.addEventListener("again", connect); // the server ends each line now and then, to see who is still allowed in
  source.onerror = broken;
}

function heard(event) {
  heardAt = Date.now();
  if (event.lastEventId) last = event.lastEventId;
}

function broken() {
  source?.close();
  source = null;
  behind = false;
  lose();
  failures += 1;
  const wait = WAITS[Math.min(failures, WAITS.length) - 1];
  retryAt = Date.now() + wait * (0.75 + Math.random() / 2); // not all screens of the company at once
  if (failures > 1) askWhetherSignedIn();
}

async function askWhetherSignedIn() {
  try {
    const answer = await fetch(page.liveUrl, { method: "HEAD" });
    signedOut = answer.status === 401;
  } catch {
    signedOut = false; // nobody answers, so nobody knows
  }
}

function lose() {
  if (!lostAt) lostAt = heardAt;
}

function back() {
  if (!lostAt) return;
  lostAt = 0;
  signedOut = false;
  show();
  if (told) tell("back");
  told = false;
}

// ── what the reader sees ──────────────────────────────────────────────────────────────────────────────────────────────
const notice = document.getElementById("line-lost");
const sinceWords = notice?.querySelector("[data-line-since]");
const waitWords = notice?.querySelector("[data-line-wait]");
const retry = notice?.querySelector("[data-line-retry]");
const signIn = notice?.querySelector("[data-line-sign-in]");
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "medium", hour12: false });
const say = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const age = (ms) => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);

function show() {
  const lost = lostAt !== 0 && told;
  for (const list of document.querySelectorAll(".ticket-list, [data-live-list]")) list.classList.toggle("behind", lost);
  if (!notice) return;
  notice.hidden = !lost;
  if (!lost) return;
  const since = say(sinceWords.dataset.say, { time: clock.format(lostAt) });
  if (sinceWords.textContent !== since) sinceWords.textContent = since; // said aloud once, not each second
  const wait = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
  const words = waitWords.dataset;
  const phrase = signedOut ? words.saySignedOut : behind ? words.sayBehind : wait ? words.say : words.sayTrying;
  waitWords.textContent = say(phrase, { age: age(Date.now() - lostAt), wait });
  retry.hidden = signedOut || behind;
  signIn.hidden = !signedOut;
}

function tick() {
  const now = Date.now();
  if (source && now - heardAt > SILENCE) broken(); // a line can die without a word
  if (lostAt && !told && now - lostAt > GRACE) {
    told = true;
    tell("lost", { since: new Date(lostAt) });
  }
  if (retryAt && now >= retryAt) connect();
  show();
}

// ── tabs out of sight ─────────────────────────────────────────────────────────────────────────────────────────────────
let letGo = 0;
let keepsLine = false; // the one hidden tab that may keep its line

function rest() {
  if (!document.hidden || keepsLine) return;
  source?.close();
  source = null;
  retryAt = 0;
}

function looked() {
  clearTimeout(letGo);
  if (document.hidden) letGo = setTimeout(rest, HIDDEN_AFTER);
  else if (!source && !retryAt) connect();
}

if (page.liveUrl) {
  navigator.locks?.request(`balie-hidden-line-${page.userId}`, () => {
    keepsLine = true;
    if (!source) connect();
    return new Promise(() => {}); // held until the tab is closed, then the next one has it
  });
  document.addEventListener("visibilitychange", looked);
  window.addEventListener("online", () => lostAt && connect());
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  retry?.addEventListener("click", connect);
  setInterval(tick, 1000);
  if (!source) connect();
}
