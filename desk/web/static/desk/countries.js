// Countries by name, in the reader's language; the desk knows their two letters.
const select = document.getElementById("f-country");
const language = document.documentElement.lang;
const names = new Intl.DisplayNames([language], { type: "region", fallback: "code" });

if (select) {
  const chosen = select.value;
  const [none, ...countries] = select.options;
  for (const option of countries) option.textContent = names.of(option.value);
  const inOrder = countries.sort((a, b) => a.textContent.localeCompare(b.textContent, language));
  select.replaceChildren(none, ...inOrder);
  select.value = chosen;
}
