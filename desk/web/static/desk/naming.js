// Colleagues and teams behind an @, in any text field: the same list as in a note, chosen with arrows and Enter.

/** Opens `list` below `field` while a name is typed. */
export function offerNames(field, list) {
  const options = () => [...list.querySelectorAll('[role="option"]:not([aria-disabled])')];
  const chosen = () => list.querySelector('[aria-selected="true"]');
  const wish = () => /(^|\s)@([\w.+-]*)$/.exec(field.value.slice(0, field.selectionStart))?.[2];

  function choose(option) {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    list.replaceChildren();
    field.removeAttribute("aria-activedescendant");
  }

  function take(option) {
    const from = field.selectionStart - wish().length - 1;
    const to = field.selectionStart;
    close();
    field.focus();
    field.setRangeText(option.dataset.insert, from, to, "end");
  }

  field.addEventListener("input", async () => {
    const typed = wish();
    if (typed === undefined) return close();
    const answer = await fetch(`${field.dataset.names}?teams=1&q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || wish() !== typed) return;
    list.innerHTML = await answer.text(); // made and escaped by the desk
    list.hidden = false;
    choose(options()[0]);
  });

  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.ctrlKey || event.metaKey) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen()) take(chosen());
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest('[role="option"]:not([aria-disabled])');
    if (!option) return;
    event.preventDefault();
    take(option);
  });
}
