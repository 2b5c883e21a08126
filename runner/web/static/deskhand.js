// Everything here only helps: the server decides, and each page works without it.
import { start as finding } from "./finding.js";
import { start as rows } from "./rows.js";
import { start as combobox } from "./combobox.js";
import { start as duallist } from "./duallist.js";
import { start as showing } from "./showing.js";
import { start as secrets } from "./secrets.js";
import { start as theme } from "./theme.js";
import { start as sending } from "./sending.js";

for (const start of [finding, rows, combobox, duallist, showing, secrets, theme, sending]) start(document);
const wrong = document.querySelector("[aria-invalid]") ?? document.querySelector("[data-summary] a");
wrong?.focus();
const done = document.querySelector("[data-address]");
if (done) history.replaceState(null, "", done.dataset.address);
