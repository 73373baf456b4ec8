// Private messages, as Messenger shows them: the people on the left, one conversation on the right.

import { arrange, call, h, icon, portrait, say } from "/static/dom.js";
import { act, asCompany, become, state, write } from "/static/square.js";
import { picture } from "/static/threads.js";
import { ago, t } from "/static/words.js";

let frame = { key: "", list: null, title: null, apps: null, log: null, form: null, root: null };
const drawn = new Map(); // message id → {mark, element}

export function drawChat(parent) {
  const conversations = grouped(state.feed?.posts ?? []);
  const other = whom(conversations);
  const key = `${state.place.id} ${state.company.id} ${state.persona?.handle} ${other?.handle} ${document.documentElement.lang}`;
  if (frame.key !== key || !frame.root?.isConnected) {
    frame = { key, ...built(other) };
    drawn.clear();
  }
  arrange(frame.list, [...conversations.values()].sort((one, two) => two.at(-1).created_at.localeCompare(one.at(-1).created_at)).map((messages) => entry(messages, other)));
  const messages = other ? conversations.get(other.handle) ?? [] : [];
  drawApps(messages.at(-1)?.person);
  const near = frame.log.scrollHeight - frame.log.scrollTop - frame.log.clientHeight < 120;
  const fresh = messages.length !== frame.log.children.length;
  const quiet = h("p", { class: "meta middle", text: other ? t("noMessages", { name: asCompany() ? other.name : state.company.name }) : t("chooseChat") });
  arrange(frame.log, messages.length ? messages.map(bubble) : [quiet]);
  arrange(parent, [frame.root]);
  if (fresh && near) frame.log.scrollTop = frame.log.scrollHeight;
}

/** Which app of the company's has the conversation, and what the other one or the customer can do without a word. */
function drawApps(person) {
  const control = state.place.apps && person?.control;
  const mark = JSON.stringify([control ?? null, asCompany()]);
  if (frame.apps.dataset.mark === mark) return;
  frame.apps.dataset.mark = mark;
  if (!control) return frame.apps.replaceChildren();
  const held = control.held_by_another_app;
  const standing = !held ? "appDesk" : control.control_requested ? "appAsked" : "appOther";
  const deeds = [...(held ? ["pass"] : ["take", "ask"]), ...(asCompany() ? [] : ["read"])];
  const body = { network: state.place.network, account: state.company.handle, author: person.handle };
  const does = async (deed) => {
    if (await act(() => call("POST", "/_sandbox/conversations", { ...body, does: deed }))) say(t("deskTold"), "good");
  };
  frame.apps.replaceChildren(
    h("span", { class: "meta", text: t(standing) }),
    ...deeds.map((deed) => h("button", { type: "button", class: "small", text: t(`deed${deed}`), on: { click: () => does(deed) } })));
}

/** Messages by the person whom the company talks to. */
function grouped(posts) {
  const found = new Map();
  for (const post of posts) {
    if (!post.person) continue;
    found.set(post.person.handle, [...(found.get(post.person.handle) ?? []), post]);
  }
  return found;
}

/** With whom: a customer is in his own conversation, the company in the one that was opened. */
function whom(conversations) {
  if (!asCompany()) return state.persona;
  const latest = [...conversations.values()].sort((one, two) => two.at(-1).created_at.localeCompare(one.at(-1).created_at))[0];
  return conversations.get(state.thread)?.at(-1).person ?? latest?.at(-1).person ?? null;
}

function entry(messages, other) {
  const last = messages.at(-1);
  const person = last.person;
  const open = () => {
    if (!asCompany()) return become(person);
    state.thread = person.handle;
    drawChat(document.getElementById("place"));
  };
  const text = last.deleted ? t("goneMessage") : last.text || "…";
  return h("button", { type: "button", class: "person", "aria-pressed": String(person.handle === other?.handle), title: asCompany() ? null : t("beAuthor", { name: person.name }), on: { click: open } },
    portrait(person), h("span", { class: "who" },
      h("bdi", { class: "name", text: person.name }),
      h("span", { class: `meta preview ${last.author?.company ? "" : "waiting"}`, dir: "auto", text: `${text} · ${ago(last.created_at)}` })));
}

function bubble(post) {
  const ours = Boolean(post.author?.company);
  const own = ours === asCompany();
  const mark = JSON.stringify([post, state.open, ago(post.created_at)]);
  const before = drawn.get(post.id);
  if (before?.mark === mark) return before.element;
  const editing = state.open?.id === post.id;
  const mayChange = !post.deleted && !editing && !state.place.mail;
  const element = h("div", { class: `bubble ${own ? "own" : "theirs"} ${post.deleted ? "gone" : ""}`, id: `post-${post.id}` },
    !own && portrait(ours ? state.company : post.person, "tiny"),
    h("div", { class: "stack" },
      post.subject && !/^re:/i.test(post.subject) && h("p", { class: "subject", dir: "auto", text: post.subject }),
      editing ? editForm(post) : h("p", { class: "said-text", dir: "auto", text: post.deleted ? t("goneMessage") : post.text }),
      ...post.media.map(picture),
      h("p", { class: "meta under" },
        h("time", { datetime: post.created_at, text: ago(post.created_at) }),
        post.edited_at && !post.deleted ? ` · ${t("edited")}` : "",
        ours ? ` · ${t(post.origin === "api" ? "viaDesk" : "viaNative")}` : "",
        own && mayChange && h("button", { type: "button", class: "tool", text: t("edit"), on: { click: () => open(post) } }),
        own && mayChange && h("button", { type: "button", class: "tool", text: t("remove"), on: { click: () => act(() => call("DELETE", `/_sandbox/posts/${post.id}`)) } }))));
  drawn.set(post.id, { mark, element });
  return element;
}

function open(post) {
  state.open = { id: post.id, what: "edit" };
  drawChat(document.getElementById("place"));
  document.querySelector(".bubble textarea")?.focus();
}

function editForm(post) {
  const box = h("textarea", { rows: "2", name: `edit-${post.id}`, "aria-label": t("edit"), required: true, maxlength: String(state.place.limit), value: post.text });
  const close = () => { state.open = null; drawChat(document.getElementById("place")); };
  return h("form", {
    class: "reply", on: {
      submit: async (event) => {
        event.preventDefault();
        if (await act(() => call("PATCH", `/_sandbox/posts/${post.id}`, { text: box.value }))) close();
      },
    },
  }, box, h("div", { class: "row end" }, h("button", { type: "button", class: "quiet", text: t("cancel"), on: { click: close } }), h("button", { class: "main", text: t("save") })));
}

function built(other) {
  const list = h("div", { class: "people" });
  const log = h("div", { class: "log", role: "log", tabindex: "0", "aria-label": t(state.place.id) });
  const facing = asCompany() ? other : state.company;
  const name = `dm-${other?.handle ?? ""}`;
  const box = h("textarea", { name, rows: "1", required: true, maxlength: String(state.place.limit), placeholder: t("sayMessage"), "aria-label": t("sayMessage"), dir: "auto", value: state.drafts.get(name) ?? "" });
  box.addEventListener("input", () => state.drafts.set(name, box.value));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && (!state.place.mail || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      box.form.requestSubmit();
    }
  });
  // Where nothing is filled in, a mail goes on with the conversation that there is.
  const subject = state.place.mail && !asCompany() && h("input", { type: "text", name: "subject", maxlength: "150", placeholder: t("subject"), "aria-label": t("subject"), dir: "auto" });
  const form = h("form", {
    class: `row type ${subject ? "letter" : ""}`, on: {
      submit: async (event) => {
        event.preventDefault();
        const text = box.value;
        const about = subject && subject.value.trim() ? { subject: subject.value.trim() } : {};
        if (!(await write({ kind: "dm", text, ...about, ...(asCompany() ? { to: other.handle } : {}) }))) return;
        box.value = "";
        if (subject) subject.value = "";
        state.drafts.delete(name);
        log.scrollTop = log.scrollHeight;
      },
    },
  }, subject, box, h("button", { class: "main", text: t("send") }));
  const apps = h("div", { class: "apps" });
  const title = h("header", { class: "row title" }, facing && portrait(facing), h("div", { class: "who" },
    h("h1", {}, h("bdi", { text: facing?.name ?? t(state.place.id) }), facing?.company && h("span", { class: "tick", role: "img", "aria-label": t("official") }, icon("check"))),
    facing?.handle && state.place.handles && h("bdi", { class: "meta", text: `@${facing.handle}` }),
    facing?.company && state.place.mail && h("bdi", { class: "meta", text: facing.id })), apps);
  const root = h("div", { class: "card chat" },
    h("div", { class: "chats" }, h("h2", { text: t("chats") }), list),
    h("div", { class: "talk" }, title, log, other && form));
  return { list, title, apps, log, form, root };
}
