// An open page follows what changes: the broker says that something has, and the
// page reads itself again.
import { refresh } from "./refresh.js";

const again = 30_000; // after a broker that has no line to give
const apart = 500; // pages that are told at once do not ask at once
const later = 2000; // after a page that could not be read
const share = 10; // a page that takes long is read a tenth of the time

// followChanges begins. Only a page that is seen has a line to the broker: browsers
// allow six to one host, and a seventh page would never load.
export function followChanges(address) {
  if (!address || !("EventSource" in window)) return;
  let line = null;
  let retry = 0;
  let reading = false;
  let due = false; // something has changed that the page does not show

  const isOpen = () => line?.readyState === EventSource.OPEN;

  function begin() {
    if (line || document.hidden) return;
    clearTimeout(retry);
    line = new EventSource(address);
    line.addEventListener("open", () => {
      tell();
      if (due) read(); // it may have missed something
    });
    line.addEventListener("changed", read);
    line.addEventListener("error", () => {
      due = true;
      if (line?.readyState === EventSource.CLOSED) {
        end();
        retry = setTimeout(begin, again);
      }
      tell();
    });
  }

  function end() {
    line?.close();
    line = null;
  }

  async function read() {
    due = true;
    if (reading) return;
    reading = true;
    while (due && !document.hidden) {
      await sleep(Math.random() * apart);
      due = false;
      const began = performance.now();
      due = !(await refresh()) || due;
      tell();
      if (due && !isOpen()) break; // the line tells when the broker is there again
      await sleep(Math.max(due ? later : apart, share * (performance.now() - began)));
    }
    reading = false;
  }

  // tell says in the footer whether what is seen is what there is.
  function tell() {
    const place = document.querySelector("[data-follows]");
    const text = isOpen() ? "Follows changes" : "Not connected: reload to see what is new";
    if (place && place.textContent !== text) place.textContent = text;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      due = true;
      end();
    } else {
      begin();
    }
  });
  document.addEventListener("treaty:refreshed", tell);
  begin();
}

function sleep(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
