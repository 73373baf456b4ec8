// The words of a field once more below it, transparent, with the spots that the rules found marked.

/** Offsets of the desk are code points; a string here is UTF-16. */
export const units = (text, points) => [...text].slice(0, points).join("").length;

/** Where each finding begins and ends in the text; those about the whole text are left out. */
export function spots(text, findings) {
  return [...findings]
    .map(({ dataset }) => ({ start: units(text, Number(dataset.start)), end: units(text, Number(dataset.end)), severity: dataset.severity }))
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start);
}

export function drawMarks(layer, text, findings) {
  layer.replaceChildren();
  let position = 0;
  for (const { start, end, severity } of spots(text, findings)) {
    if (start < position) continue;
    layer.append(text.slice(position, start));
    const mark = document.createElement("mark");
    mark.className = severity;
    mark.textContent = text.slice(start, end);
    layer.append(mark);
    position = end;
  }
  layer.append(text.slice(position), "\u200b"); // a last empty line has height too
}
