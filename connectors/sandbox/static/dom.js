// Small tools for both pages. Text is only ever set as text, so whatever strangers wrote stays words.

const SVG = "http://www.w3.org/2000/svg";

/** An element. Attributes by name; `on` holds listeners, `text` its text; null and false attributes are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = ["svg", "path", "circle", "rect"].includes(tag)
    ? document.createElementNS(SVG, tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (id) => document.getElementById(id);

/** Put children into a parent, keeping those that are there already in place so that nothing loses its focus. */
export function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}

const PATHS = {
  reply: "M4 5h16v11H10l-4 4v-4H4z",
  like: "M12 20S4 15 4 9.5A4.2 4.2 0 0 1 12 7.600 4.200 4.200 0 0 1 20 9.500C20 15 12 20 12 20z",
  share: "M7 17V8h11l-3-3M17 7v9H6l3 3",
  quote: "M5 7h5v5c0 3-2 5-4 5M14 7h5v5c0 3-2 5-4 5",
  edit: "M5 19l1-4L16 5l3 3L9 18z",
  remove: "M6 7h12M9 7V5h6v2M8 7l1 12h6l1-12",
  hidden: "M4 4l16 16M3 12s3-6 9-6 9 6 9 6-3 6-9 6-9-6-9-6z",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4",
  theme: "M12 4a8 8 0 1 0 8 8 6 6 0 0 1-8-8z",
  pin: "M12 21s-7-6.500-7-12a7 7 0 0 1 14 0c0 5.500-7 12-7 12z",
  check: "M5 12.500l4.500 4.500L19 7.500",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
};

export function icon(name) {
  return h("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, h("path", { d: PATHS[name] }));
}

const HUES = 10;

/** A person's picture: their initials on a colour of their own. */
export function portrait(person, size = "") {
  const name = person?.name || person?.handle || "?";
  const words = [...name.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => match[0]);
  const initials = words.length > 1 ? [...words[0]][0] + [...words.at(-1)][0] : [...(words[0] ?? "?")].slice(0, 2).join("");
  let sum = 0;
  for (const sign of person?.handle ?? name) sum = (sum * 31 + sign.codePointAt(0)) % 9973;
  return h("span", {
    class: `portrait ${size} ${person?.company ? "company" : `hue-${sum % HUES}`}`,
    "aria-hidden": "true",
    text: initials.toUpperCase(),
  });
}

export async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("");
  }
  const told = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Error(told.error || told.problem || `HTTP ${answer.status}`);
  return told;
}

let quiet;

/** Say something at the foot of the page for some seconds. */
export function say(text, kind = "") {
  const place = $("said");
  place.textContent = text;
  place.className = `said shown ${kind}`;
  clearTimeout(quiet);
  quiet = setTimeout(() => (place.className = "said"), 5000);
}

export function keep(name, value) {
  try {
    localStorage.setItem(`square.${name}`, value);
  } catch {
    // a browser that keeps nothing still plays
  }
}

export function kept(name) {
  try {
    return localStorage.getItem(`square.${name}`) ?? "";
  } catch {
    return "";
  }
}
