// What the desk is asked again and again is asked in turn: an answer never comes after a younger one.
const PATIENCE = 10_000; // ms with a desk that does not answer, until it is asked once more

const rest = (ms) => new Promise((done) => setTimeout(done, ms));

/** Runs `task` so many ms after it is asked for, one at a time; what is asked for while it runs runs once more. */
export function inTurn(task, wait) {
  let waits = 0;
  let runs = false;
  let again = false;

  async function turn() {
    waits = 0;
    runs = true;
    try {
      await Promise.race([task(), rest(PATIENCE)]);
    } finally {
      runs = false;
      if (again) ask();
      again = false;
    }
  }

  function ask() {
    if (runs) again = true;
    else waits ||= setTimeout(turn, wait);
  }

  return ask;
}
