// A timeline of posts with what is said below them, as X and a Facebook page show it; reviews with their stars too.

import { arrange, call, h, icon, portrait } from "/static/dom.js";
import { act, asCompany, become, speaker, state, write } from "/static/square.js";
import { ago, number, t } from "/static/words.js";

const FIRST_WORDS = {
  facebook: [["visitor_post", "onPage"], ["mention", "onOwn"]],
  instagram: [["comment", "onTheirs"], ["mention", "onOwn"], ["story_mention", "inStory"]],
};

const drawn = new Map(); // root id → {mark, element}
let around = { key: "", elements: [] };

/** The profile, the form for a new post, and every thread; what did not change stays as it is. */
export function drawTimeline(parent) {
  const posts = state.feed?.posts ?? [];
  const key = `${state.place.id} ${state.company.id} ${state.persona?.handle} ${document.documentElement.lang}`;
  if (around.key !== key || !around.elements[0].isConnected) {
    around = { key, elements: [profile(), composer()] };
    drawn.clear();
  }
  const threads = grouped(posts).map((thread) => kept(thread));
  const empty = state.feed && !threads.length && h("div", { class: "card empty" },
    h("p", { class: "big", text: t("quiet") }), h("p", { class: "meta", text: t("quietHint") }));
  arrange(parent, [...around.elements, ...threads, ...(empty ? [empty] : [])]);
  showTarget();
}

function showTarget() {
  const found = state.target && document.getElementById(`post-${state.target}`);
  if (!found) return;
  state.target = "";
  found.scrollIntoView({ block: "center" });
  found.classList.add("pointed");
}

/** Threads, the youngest root first; a reply whose post is not here begins a thread of its own. */
function grouped(posts) {
  const threads = new Map();
  for (const post of posts) {
    const thread = threads.get(post.root_id) ?? [];
    thread.push(post);
    threads.set(post.root_id, thread);
  }
  return [...threads.values()].filter((thread) => thread.some((post) => !post.deleted)).reverse().sort((one, other) => other[0].created_at.localeCompare(one[0].created_at));
}

function kept(thread) {
  const root = thread[0].root_id;
  const opened = state.open && thread.some((post) => post.id === state.open.id) ? `${state.open.id}${state.open.what}` : "";
  const mark = JSON.stringify([thread, opened, thread.map((post) => ago(post.created_at))]);
  const before = drawn.get(root);
  if (before?.mark === mark) return before.element;
  const typing = before?.element.contains(document.activeElement) ? document.activeElement : null;
  const place = typing && [typing.name, typing.selectionStart, typing.selectionEnd];
  const element = h("article", { class: "card thread" });
  const shown = new Set();
  for (const post of thread) if (!thread.some((other) => other.id === post.parent_id)) element.append(branch(thread, post, 0, shown));
  drawn.set(root, { mark, element });
  if (place) queueMicrotask(() => {
    const again = element.querySelector(`[name="${CSS.escape(place[0])}"]`);
    again?.focus();
    if (place[1] !== null && place[1] !== undefined) again?.setSelectionRange?.(place[1], place[2]);
  });
  return element;
}

function branch(thread, post, depth, shown) {
  if (shown.has(post.id)) return "";
  shown.add(post.id);
  const below = thread.filter((other) => other.parent_id === post.id && other.id !== post.id);
  const nested = below.map((other) => branch(thread, other, depth + 1, shown)).filter(Boolean);
  const isNew = Date.now() - new Date(post.created_at) < 4000;
  return h("div", { class: `branch depth-${Math.min(depth, 3)}` },
    h("div", { class: `post ${post.author?.company ? "ours" : ""} ${post.hidden ? "hushed" : ""} ${isNew ? "fresh" : ""}`, id: `post-${post.id}` },
      face(post), body(post)),
    ...(nested.length ? [h("div", { class: "below" }, ...nested)] : []));
}

function isMine(post) {
  return asCompany() ? post.author?.company : post.author?.handle === state.persona.handle;
}

function face(post) {
  if (!post.author || post.author.company || isMine(post)) return portrait(post.author ?? { name: "?" });
  const label = t("beAuthor", { name: post.author.name });
  return h("button", { type: "button", class: "face", title: label, "aria-label": label, on: { click: () => become(plain(post.author)) } }, portrait(post.author));
}

const plain = ({ handle, name, followers }) => ({ handle, name, followers });

function body(post) {
  const author = post.author ?? { name: "?", handle: "" };
  const line = h("div", { class: "line" },
    h("bdi", { class: "name", text: author.name }),
    (author.verified || author.company) && h("span", { class: "tick", title: t("official"), role: "img", "aria-label": t("official") }, icon("check")),
    state.place.handles && h("bdi", { class: "meta", text: `@${author.handle}` }),
    h("time", { class: "meta", datetime: post.created_at, title: new Date(post.created_at).toLocaleString(document.documentElement.lang), text: `· ${ago(post.created_at)}` }),
    post.edited_at && !post.deleted && h("span", { class: "meta", text: `· ${t("edited")}` }),
    author.company && h("span", { class: "via", text: t(post.origin === "api" ? "viaDesk" : "viaNative") }),
    post.kind === "mention" && state.place.id in FIRST_WORDS && h("span", { class: "meta", text: `· ${t("tagged", { company: state.company.name })}` }),
    post.hidden && h("span", { class: "via", text: t("hiddenPost") }));
  if (post.deleted) return h("div", { class: "words" }, line, h("p", { class: "text gone", text: t("gone") }));
  if (state.open?.id === post.id && state.open.what === "edit") return h("div", { class: "words" }, line, editForm(post));
  return h("div", { class: "words" }, line,
    post.rating && h("p", { class: "stars", role: "img", "aria-label": t("stars", { n: post.rating }), text: starRow(post.rating) }),
    post.text && h("p", { class: "text", dir: "auto", text: post.text }),
    ...post.media.map(picture),
    actions(post),
    state.open?.id === post.id && ["reply", "quote"].includes(state.open.what) && replyForm(post, state.open.what));
}

/** A picture of our own; what lies elsewhere is named only, so that nothing leaves this machine. */
export function picture(media) {
  if (!media.url) return h("p", { class: "meta", text: t("elsewhere", { alt: media.alt }) });
  if (media.kind === "video") return h("figure", { class: "picture" }, h("video", { src: media.url, controls: true, preload: "none", "aria-label": media.alt, width: "240" }), media.alt && h("figcaption", { class: "meta", dir: "auto", text: media.alt }));
  return h("figure", { class: "picture" }, h("img", { src: media.url, alt: media.alt, loading: "lazy", width: "240", height: "160" }), media.alt && h("figcaption", { class: "meta", dir: "auto", text: media.alt }));
}

const starRow = (rating) => "★".repeat(rating) + "☆".repeat(5 - rating);

/** Below a review nobody but the company says anything, and once. */
function mayReply(post) {
  return !state.place.reviews || (asCompany() && post.kind === "review");
}

/** One to five, as buttons; `chosen()` says how many. */
function starChoice(start) {
  let rating = start;
  const group = h("div", { class: "choice stars", role: "group", "aria-label": t("howMany") });
  const draw = () => group.replaceChildren(...[1, 2, 3, 4, 5].map((value) => h("button", {
    type: "button", class: "small", "aria-pressed": String(rating === value), "aria-label": t("stars", { n: value }), text: value <= rating ? "★" : "☆",
    on: { click: () => { rating = value; draw(); group.children[value - 1].focus(); } },
  })));
  draw();
  return { group, chosen: () => rating };
}

function actions(post) {
  const open = (what) => {
    state.open = state.open?.id === post.id && state.open.what === what ? null : { id: post.id, what };
    redraw();
    queueMicrotask(() => document.querySelector(`[name="${what}-${CSS.escape(post.id)}"]`)?.focus());
  };
  return h("div", { class: "actions" },
    mayReply(post) && h("button", { type: "button", class: "action", on: { click: () => open("reply") } }, icon("reply"), h("span", { text: t("reply") })),
    isMine(post) && state.place.edits && h("button", { type: "button", class: "action", on: { click: () => open("edit") } }, icon("edit"), h("span", { text: t("edit") })),
    isMine(post) && h("button", { type: "button", class: "action", on: { click: () => act(() => call("DELETE", `/_sandbox/posts/${post.id}`)) } }, icon("remove"), h("span", { text: t("remove") })),
    ...(state.place.quotes && post.author?.company && !asCompany() ? [h("button", { type: "button", class: "action", on: { click: () => open("quote") } }, icon("quote"), h("span", { text: t("quote") }))] : []),
    ...feelings(post),
    post.likes > 0 && h("span", { class: "likes" }, icon("like"), h("span", { text: post.likes === 1 ? t("like") : t("likes", { n: number(post.likes) }) })));
}

const FACES = { love: "❤️", haha: "😆", wow: "😮", sad: "😢", angry: "😡" };

const wordOf = (kind) => t(`feel${kind[0].toUpperCase()}${kind.slice(1)}`);

/** How a feeling is drawn: as a face where there is one, else as a picture with its word. */
function faceOf(kind) {
  if (FACES[kind]) return [h("span", { "aria-hidden": "true", text: FACES[kind] }), h("span", { class: "unseen", text: wordOf(kind) })];
  return [icon(kind), h("span", { text: wordOf(kind) })];
}

/** What one can show below a post of the company without a word; whoever did so already takes it back. */
function feelings(post) {
  if (!post.author?.company || post.private) return [];
  return (state.place.feelings ?? []).map((kind) => {
    const who = post.felt?.[kind] ?? [];
    const mine = !asCompany() && who.includes(state.persona.handle);
    const count = who.length > 0 && h("span", { class: "meta", text: number(who.length) });
    if (asCompany()) return who.length > 0 && h("span", { class: "likes" }, ...faceOf(kind), count);
    const body = { post: post.id, kind, author: speaker().author };
    return h("button", {
      type: "button", class: "action", "aria-pressed": String(mine), title: [wordOf(kind), ...who].join(", "),
      on: { click: () => act(() => call(mine ? "DELETE" : "POST", "/_sandbox/reactions", body)) },
    }, ...faceOf(kind), count);
  });
}

function redraw() {
  drawTimeline(document.getElementById("place"));
}

function field(name, label, start = "") {
  const box = h("textarea", { name, rows: "2", required: true, maxlength: String(state.place.limit), placeholder: label, "aria-label": label, dir: "auto", value: state.drafts.get(name) ?? start });
  box.addEventListener("input", () => state.drafts.set(name, box.value));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) box.form.requestSubmit();
  });
  return box;
}

function form(box, label, send, extra = []) {
  const close = () => { state.open = null; redraw(); };
  return h("form", {
    class: "reply", on: {
      submit: async (event) => {
        event.preventDefault();
        const done = await send(box.value);
        if (!done) return;
        state.drafts.delete(box.name);
        close();
      },
    },
  }, box, ...extra, h("div", { class: "row end" },
    h("button", { type: "button", class: "quiet", text: t("cancel"), on: { click: close } }), h("button", { class: "main", text: label })));
}

function replyForm(post, what) {
  const name = post.author?.name ?? "";
  const box = field(`${what}-${post.id}`, what === "quote" ? t("quoteOf", { name }) : t("replyTo", { name }));
  const kind = what === "quote" ? "quote" : state.place.handles || state.place.reviews ? "reply" : "comment";
  return form(box, t(what), (text) => write({ kind, text, in_reply_to: post.id }));
}

function editForm(post) {
  const box = field(`edit-${post.id}`, t("edit"), post.text);
  if (post.rating) {
    const stars = starChoice(post.rating);
    const anew = (text) => act(() => call("PATCH", `/_sandbox/posts/${post.id}`, { text: `${"★".repeat(stars.chosen())} ${text}` }));
    return form(box, t("save"), anew, [stars.group]);
  }
  return form(box, t("save"), (text) => act(() => call("PATCH", `/_sandbox/posts/${post.id}`, { text })));
}

// What stands above the threads

function profile() {
  const company = state.company;
  return h("header", { class: "card profile" },
    h("div", { class: "cover", "aria-hidden": "true" }),
    h("div", { class: "row" }, portrait(company, "large"),
      h("div", { class: "who" },
        h("h1", {}, h("bdi", { text: company.name }), h("span", { class: "tick", role: "img", "aria-label": t("official") }, icon("check"))),
        h("p", { class: "meta" }, h("bdi", { text: state.place.id === "facebook" ? t("page") : `@${company.handle}` }), ` · ${t("followers", { n: number(company.followers) })}`))));
}

function composer() {
  const company = asCompany();
  const open = state.place.handles;
  const choices = company ? [] : FIRST_WORDS[state.place.id] ?? [];
  const choice = choices.length > 0;
  const { reviews } = state.place;
  if (reviews && company) return h("p", { class: "card meta", text: t("answerBelow", { company: state.company.name }) });
  const stars = reviews && starChoice(2);
  let kind = company ? "post" : reviews ? "review" : choices[0]?.[0] ?? "mention";
  const box = field("new", "");
  const label = () => {
    const words = company ? t("sayCompany", { company: state.company.name }) : reviews ? t("sayReview", { company: state.company.name }) : open ? t("sayX", { name: state.persona.name.split(" ")[0] }) : t({ visitor_post: "sayPage", comment: "sayBelow" }[kind] ?? "sayOwn", { company: state.company.name });
    box.placeholder = words;
    box.setAttribute("aria-label", words);
  };
  label();
  const where = h("div", { class: "choice", role: "group" });
  const drawWhere = () => where.replaceChildren(...choices.map(([value, word]) => h("button", {
    type: "button", class: "small", "aria-pressed": String(kind === value), text: t(word), on: { click: () => { kind = value; drawWhere(); label(); } },
  })));
  if (choice) drawWhere();
  const image = h("input", { type: "text", class: "media", maxlength: "120", placeholder: t("pictureOf"), "aria-label": t("pictureOf"), hidden: true });
  const toggle = h("button", { type: "button", class: "action", on: { click: () => { image.hidden = !image.hidden; if (image.hidden) image.value = ""; else image.focus(); } } }, icon("picture"), h("span", { text: t("picture") }));
  return h("form", {
    class: "card composer", on: {
      submit: async (event) => {
        event.preventDefault();
        const media = image.value.trim() ? [image.value.trim()] : [];
        const rated = stars ? { rating: stars.chosen() } : {};
        if (!(await write({ kind: company ? "post" : kind, text: box.value, media, ...rated }))) return;
        box.value = image.value = "";
        image.hidden = true;
        state.drafts.delete("new");
      },
    },
  },
  h("div", { class: "row top-aligned" }, portrait(company ? state.company : state.persona), h("div", { class: "grow" }, stars && stars.group, box, image)),
  h("div", { class: "row end" }, choice && where, toggle, h("span", { class: "grow" }), h("button", { class: "main", text: t("post") })));
}

