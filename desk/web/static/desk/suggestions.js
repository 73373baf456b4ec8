// One key judges the first suggestion: the button that shows it is pressed.
const single = document.body.dataset.singleKeys !== "off";

document.addEventListener("keydown", (event) => {
  if (!single || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const button = document.querySelector(`[data-suggestion-key="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});
