// The form in which one writes, and the one way in which scripts change its text.
export const form = () => document.querySelector("form.composer");
export const field = () => form()?.elements.text;
export const visibility = () => form().elements.visibility.value;
export const isNote = () => visibility() === "note";

/** Puts words for what stands from `from` to `to`, the way typing does, so that Ctrl Z takes it back. */
export function replace(from, to, words) {
  const area = field();
  area.focus();
  if (!words && from === to) return;
  area.setSelectionRange(from, to);
  const typed = words ? document.execCommand("insertText", false, words) : document.execCommand("delete");
  if (typed) return;
  area.setRangeText(words, from, to, "end"); // a browser that types for nobody
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
