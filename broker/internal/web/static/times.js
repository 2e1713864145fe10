// Relative times stay true while a page is open, in the words of the broker. Its
// clock counts: that of the browser may be wrong.
let behind = 0;

// readClock notes how far the browser's clock is behind the broker's.
export function readClock(root) {
  const served = Date.parse(root.querySelector("footer time")?.dateTime);
  if (!Number.isNaN(served)) behind = served - Date.now();
}

// keepTimes begins.
export function keepTimes() {
  readClock(document);
  setInterval(tellTimes, 30_000);
  document.addEventListener("visibilitychange", tellTimes);
}

function tellTimes() {
  if (document.hidden) return;
  const now = Date.now() + behind;
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const text = ago(now - Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

const minute = 60_000;
const units = [["year", 365 * 24 * 60], ["month", 30 * 24 * 60], ["day", 24 * 60], ["hour", 60], ["minute", 1]];

// ago says how long ago something was, in the largest whole unit.
export function ago(milliseconds) {
  for (const [name, length] of units) {
    const n = Math.floor(milliseconds / (length * minute));
    if (n >= 1) return `${n} ${name}${n > 1 ? "s" : ""} ago`;
  }
  return "just now";
}
