// Files along with a colleague's word: chosen, dropped or pasted. Their names stand beside the button until they are sent.
const INPUT = ".hand-in input[type=file]";
const inputOf = (element) => element?.closest?.("form")?.querySelector(INPUT);

function tell(input) {
  const place = input.closest("form").querySelector("[data-handed]");
  if (place) place.textContent = [...input.files].map((file) => file.name).join(", ");
}

/** Behind what was chosen already. */
function add(input, files) {
  const all = new DataTransfer();
  for (const file of [...input.files, ...files]) all.items.add(file);
  input.files = all.files;
  tell(input);
}

/** They are with the desk now. */
export function handedIn(form) {
  const input = form.querySelector(INPUT);
  if (!input) return;
  input.value = "";
  tell(input);
}

document.addEventListener("change", (event) => event.target.matches(INPUT) && tell(event.target));
document.addEventListener("desk:put", ({ detail }) => detail.element.querySelectorAll(INPUT).forEach(tell));

document.addEventListener("paste", (event) => {
  const input = inputOf(event.target);
  if (!input || !event.clipboardData?.files.length) return;
  event.preventDefault();
  add(input, event.clipboardData.files);
});

document.addEventListener("dragover", (event) => {
  if (inputOf(event.target) && [...(event.dataTransfer?.types ?? [])].includes("Files")) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const input = inputOf(event.target);
  if (!input || !event.dataTransfer?.files.length) return;
  event.preventDefault();
  add(input, event.dataTransfer.files);
});
