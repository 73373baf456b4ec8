// Times that run out, told by the second: `data-lapses` is when, `data-say` the sentence until then, `data-say-over` after.
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function count() {
  for (const part of document.querySelectorAll("[data-lapses]")) {
    const left = Math.ceil((Number(part.dataset.lapses) - Date.now()) / 1000);
    const minutes = left >= 120;
    const time = fill(minutes ? part.dataset.minutes : part.dataset.seconds, { count: minutes ? Math.floor(left / 60) : left });
    const says = left > 0 ? fill(part.dataset.say, { time }) : part.dataset.sayOver;
    if (part.textContent !== says) part.textContent = says;
  }
}
