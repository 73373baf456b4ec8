// Picking several tickets: x on the row with focus, or Shift and a click for all between.
import { rows } from "./rows.js";
import { say } from "./words.js";

const idOf = (link) => Number(link.closest("li").dataset.id);
let last = null; // the ticket that was picked last

export const picked = () => rows().filter((link) => link.classList.contains("picked")).map(idOf);

export function pick(link, on = !link.classList.contains("picked")) {
  link.classList.toggle("picked", on);
  if (on) link.setAttribute("aria-description", say("isPicked"));
  else link.removeAttribute("aria-description");
  last = idOf(link);
  show();
}

export function unpick() {
  for (const link of rows()) if (link.classList.contains("picked")) pick(link, false);
  last = null;
}

function show() {
  const form = document.getElementById("bulk");
  const count = picked().length;
  form.hidden = count === 0;
  if (count) form.querySelector("[data-picked]").textContent = count === 1 ? say("pickedOne") : say("picked", { count });
}

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest(".ticket-row");
    if (!link || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const all = rows();
    const anchor = all.find((one) => idOf(one) === last) ?? link; // drawn anew, perhaps
    const [from, to] = [all.indexOf(anchor), all.indexOf(link)].sort((a, b) => a - b);
    for (const between of all.slice(Math.max(from, 0), to + 1)) pick(between, true);
  },
  true,
);
document.addEventListener("desk:listed", () => {
  last = null;
  show();
});
