// The mail that the desk sent and that the sandbox caught, newest first.

import { $, call, h, say } from "/static/dom.js";
import { ago, head, language, t } from "/static/words.js";

const EVERY_MS = 1500;
const LINK = /(https?:\/\/[^\s<>"]+)/;
const open = new Set();
let mails = [];
let last = "";

function body(text) {
  return h("p", { class: "mail-text" }, ...text.split(LINK).map((part) => (LINK.test(part) ? h("a", { href: part, text: part }) : part)));
}

function files(all) {
  if (!all.length) return null;
  return h("p", { class: "meta" }, ...all.map((file) => h("a", { href: `/_sandbox/mails/files/${file.id}`, text: t("file", { name: file.name, kb: Math.ceil(file.size / 1024) }) })));
}

function mail(one) {
  const details = h("details", { open: open.has(one.id) }, h("summary", { text: one.subject || t("noSubject") }), ...[body(one.text), files(one.files)].filter(Boolean));
  details.addEventListener("toggle", () => (details.open ? open.add(one.id) : open.delete(one.id)));
  return h("div", { class: "item" }, details,
    h("span", { class: "meta", text: t("mailTo", { to: one.recipients.join(", "), ago: ago(new Date(one.at).toISOString()) }) }));
}

async function clear() {
  await call("DELETE", "/_sandbox/mails");
  await look();
}

function draw() {
  document.title = t("mails");
  head(draw);
  $("places").replaceChildren(h("a", { class: "tab", href: "/square/", text: t("toSquare") }), h("a", { class: "tab", href: "/faults/", text: t("faults") }), h("span", { class: "tab", "aria-current": "page", text: t("mails") }));
  const list = mails.length ? h("div", { class: "items" }, ...mails.map(mail)) : h("p", { class: "meta", text: t("noMails") });
  const button = mails.length ? h("button", { type: "button", class: "small", text: t("clearAll"), on: { click: clear } }) : null;
  $("mails").replaceChildren(...[h("h1", { text: t("mails") }), button, list].filter(Boolean));
}

async function look() {
  try {
    mails = (await call("GET", "/_sandbox/mails")).mails;
  } catch (problem) {
    say(problem.message || t("lost"), "bad");
    return;
  }
  const now = JSON.stringify([language.now, mails.map((one) => one.id)]);
  if (now !== last) draw();
  last = now;
}

draw();
look();
setInterval(() => document.hidden || look(), EVERY_MS);
