// The script of the dashboard. Every page is whole without it: it copies, keeps
// relative times true, searches while somebody types, listens to keys, and follows
// what changes.
import { addCopies, copyOnClick } from "./copy.js";
import { keepTimes } from "./times.js";
import { searchWhileTyping } from "./search.js";
import { listenToKeys } from "./keys.js";
import { openPalette, paletteLink } from "./palette.js";
import { helpButton, openHelp } from "./help.js";
import { followChanges } from "./live.js";

document.documentElement.classList.add("js"); // what needs the script is shown
addCopies(document);
copyOnClick();
keepTimes();
searchWhileTyping();
listenToKeys({ palette: openPalette, help: openHelp });
paletteLink();
helpButton();
followChanges(document.body.dataset.changes);
if (document.getElementById("go")) import(new URL("../../../hal-browser/browser.js", import.meta.url)); // the API browser
