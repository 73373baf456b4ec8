// The rows of the list, and the one of them that the keys go on from.
export const rows = () => [...document.querySelectorAll("#tickets .ticket-row")];

/** The row from which j and k go on: the one with focus, else the tab stop. */
export const here = () => document.activeElement.closest?.("#tickets .ticket-row") ?? document.querySelector('#tickets .ticket-row[tabindex="0"]');

/** One tab stop for the whole list. */
export function rove(link) {
  for (const other of document.querySelectorAll('.ticket-row[tabindex="0"]')) other.tabIndex = -1;
  if (link) link.tabIndex = 0;
}
