// The sentences of scripts, in the reader's language (desk/web/show/words.py).
const sentences = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/** The sentence of that name with the values put in. */
export const say = (name, values = {}) => (sentences[name] ?? name).replace(/\{(\w+)\}/g, (_, part) => values[part]);

/** One or many: `say("arrived")` or `say("arrivedMany", {count})`. */
export const sayCount = (one, many, count) => (count === 1 ? say(one) : say(many, { count }));
