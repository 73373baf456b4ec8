// The words of a field once more below it, transparent, with the spots that the rules found marked.

/** Offsets of the desk are code points; a string here is UTF-16. */
const units = (text, points) => [...text].slice(0, points).join("").length;

/** Where each finding begins and ends in the text; those about the whole text are left out. */
export function spotsOf(text, findings) {
  return [...findings]
    .map(({ dataset }) => ({ start: units(text, Number(dataset.start)), end: units(text, Number(dataset.end)), severity: dataset.severity }))
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start);
}

/** Draws the text with its spots, as it runs, and behind it the signature that the desk will put there. */
export function drawMarks(layer, text, spots, signature = "") {
  layer.replaceChildren();
  let position = 0;
  for (const { start, end, severity } of spots) {
    if (start < position) continue;
    layer.append(text.slice(position, start), Object.assign(document.createElement("mark"), { className: severity, textContent: text.slice(start, end) }));
    position = end;
  }
  layer.append(text.slice(position));
  if (signature) layer.append(Object.assign(document.createElement("span"), { className: "signature", textContent: `${/\s$/.test(text) ? "" : " "}${signature}` }));
  layer.append("\u200b"); // a last empty line has height too
}

/** Selects the next spot behind the caret, or the first, and gives it back. */
export function toNextSpot(area, spots) {
  const next = spots.find(({ start }) => start > area.selectionStart) ?? spots[0];
  if (!next) return null;
  area.focus();
  area.setSelectionRange(next.start, next.end);
  return next;
}
