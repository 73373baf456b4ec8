// The order of the list while rows change: kept true by itself, but never under somebody's hands.
import { picked } from "./picking.js";

// Which of the numbers in `data-place` an order goes by; what else a list is ordered by does not change.
const GOES_BY = { priority: [0, 1], due: [1], waiting_since: [2] };
const list = () => document.getElementById("tickets");

/** Somebody points into the list, is in it with the keys, or has picked some of it: then nothing may jump. */
const inUse = () => list().matches(":hover, :focus-within") || picked().length > 0;

/** Sorts the rows where nobody minds; gives back whether they are in order now. */
export function inOrder() {
  const columns = GOES_BY[document.getElementById("queue")?.dataset.ordering];
  if (!columns || !list()) return true;
  const shown = [...list().querySelectorAll("li[data-place]")];
  const sorted = [...shown].sort((one, other) => compare(keys(one, columns), keys(other, columns)));
  if (sorted.every((row, place) => row === shown[place])) return true;
  if (inUse()) return false;
  list().prepend(...sorted);
  return true;
}

const keys = ({ dataset }, columns) => {
  const numbers = dataset.place.split(" ").map(Number);
  return [...columns.map((column) => numbers[column]), Number(dataset.id)];
};

function compare(one, other) {
  const place = one.findIndex((value, at) => value !== other[at]);
  return place < 0 ? 0 : one[place] - other[place];
}
