"""What can be asked of any page: is it as narrow as a phone, is it in the language of its reader."""

NARROW = 390  # the width of a common phone, in CSS pixels

# What stands past the right edge and cannot be scrolled to on its own.
PAST_THE_EDGE = """(width) => {
  const scrolls = (element) => element && (["auto", "scroll"].includes(getComputedStyle(element).overflowX)
    || scrolls(element.parentElement));
  const whole = document.scrollingElement.scrollWidth;
  const wide = whole > width ? [`the page is ${whole} px wide`] : [];
  const parts = document.querySelectorAll("a, button, input, select, textarea, h1, h2, summary, label");
  const cut = [...parts].filter((element) => element.checkVisibility()
    && !element.closest(".only-read, .skip") && element.getBoundingClientRect().width > 0
    && element.getBoundingClientRect().right > width + 0.5 && !scrolls(element.parentElement));
  return [...wide, ...cut.map((element) => element.outerHTML.slice(0, 120))];
}"""

# Words that a reader sees or hears and that are in the language of the page: not what customers or colleagues wrote.
OWN_WORDS = """() => {
  const ours = (element) => element.closest("[lang]") === document.documentElement
    && !element.closest("kbd, code, bdi, [dir=auto]");
  const seen = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const words = [document.title];
  while (seen.nextNode()) {
    const element = seen.currentNode.parentElement;
    const shown = element.checkVisibility() && !element.closest("script, template, style");
    if (ours(element) && shown) words.push(seen.currentNode.data);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (ours(element)) words.push(element.getAttribute(name));
    }
  }
  return words.map((one) => one.trim().replace(/\\s+/g, " ")).filter(Boolean);
}"""

# English words that are no Dutch ones.
ENGLISH = frozenset(
    """
    the and with from your you not nobody everybody somebody search show send reply note notes assign assigned assignee
    snooze snoozed resolve resolved customer customers waiting waits unassigned breached today answered unanswered
    settings add save saved cancel password username sign people canned response responses language light role never
    first name due draft choose change changed delete remove close again until which what who when where this that
    these those they there here have been were will would can could cannot are public private message messages more
    less none yet back next previous page pages sure right ago since came nothing everything
    """.split()
)
