// Hands on the page: between pressing and letting go nothing is drawn anew, for what is replaced then hears no click.
const AFTER = 50; // ms: the click of a finger comes a moment after it was lifted
const LONGEST = 5_000; // ms: of a hand that nobody saw leave

let holding = 0; // the timer of a hand that is on the page
const waiting = new Set();

export const inHand = () => holding !== 0;

/** Draws at once, or when no hand is on the page any more. */
export function offHand(draw) {
  if (inHand()) waiting.add(draw);
  else draw();
}

function hold(ms) {
  clearTimeout(holding);
  holding = setTimeout(free, ms);
}

function free() {
  holding = 0;
  const all = [...waiting];
  waiting.clear();
  for (const draw of all) draw();
}

document.addEventListener("pointerdown", () => hold(LONGEST), true);
document.addEventListener("pointerup", () => hold(AFTER), true);
document.addEventListener("pointercancel", () => hold(AFTER), true);
// The space bar presses a button when it comes up again.
document.addEventListener("keydown", (event) => event.key === " " && hold(LONGEST), true);
document.addEventListener("keyup", (event) => event.key === " " && hold(AFTER), true);
