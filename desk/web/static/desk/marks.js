// The words of a field once more below it, transparent, with the spots that the rules found marked.

/** Offsets of the desk are code points; a string here is UTF-16. */
export const units = (text, points) => [...text].slice(0, points).join("").length;

/** Where each finding begins and ends in the text; those about the whole text are left out. */
function spots(text, findings) {
  return [...findings]
    .map(({ dataset }) => ({ start: units(text, Number(dataset.start)), end: units(text, Number(dataset.end)), severity: dataset.severity }))
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start);
}

/** Draws the text with its marks, and behind it the signature that the desk will put there. */
export function drawMarks(layer, text, findings, signature = "") {
  layer.replaceChildren();
  let position = 0;
  for (const { start, end, severity } of spots(text, findings)) {
    if (start < position) continue;
    layer.append(text.slice(position, start), Object.assign(document.createElement("mark"), { className: severity, textContent: text.slice(start, end) }));
    position = end;
  }
  layer.append(text.slice(position));
  if (signature) layer.append(Object.assign(document.createElement("span"), { className: "signature", textContent: `${/\s$/.test(text) ? "" : " "}${signature}` }));
  layer.append("\u200b"); // a last empty line has height too
}

/** Selects the next spot behind the caret, or the first. */
export function toNextSpot(area, findings) {
  const places = spots(area.value, findings);
  if (!places.length) return;
  const next = places.find(({ start }) => start > area.selectionStart) ?? places[0];
  area.focus();
  area.setSelectionRange(next.start, next.end);
}
