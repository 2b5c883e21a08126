// Everything a page does by itself. Without script the pages work too; these modules make them quicker.
import { enhance as rows } from "./rows.js";
import { enhance as csv } from "./csv.js";
import { enhance as file } from "./file.js";
import { enhance as combobox } from "./combobox.js";
import { enhance as dualList } from "./duallist.js";
import { enhance as tables } from "./tables.js";
import { enhance as sifting } from "./sifting.js";
import { start as showing } from "./showing.js";
import { start as finding } from "./finding.js";
import { start as secrets } from "./secrets.js";
import { start as theme } from "./theme.js";
import { start as sending } from "./sending.js";
import { start as noticing } from "./noticing.js";
import { start as bulk } from "./bulk.js";

const enhance = (root) => {
  rows(root, enhance);
  csv(root, enhance);
  file(root, enhance);
  combobox(root);
  dualList(root);
  tables(root, enhance);
  sifting(root);
};

enhance(document);
showing(enhance);
finding();
secrets();
theme();
sending();
noticing();
bulk();

// Where a reader goes on: the first error, else a field that asks for it, else the heading of the step they came to.
const summary = document.querySelector("[data-summary]");
const firstWrong = document.querySelector(".field.wrong input:not([type=hidden]), .field.wrong textarea, .field.wrong select");
const wanted = document.querySelector("[data-focus]");
const step = document.querySelector(".steps")?.parentElement.querySelector("h1");
(firstWrong || summary || wanted || step)?.focus();

// A link in the summary leads into the question itself.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-summary] a");
  const place = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const input = place?.querySelector("input:not([type=hidden]), textarea, select, button");
  if (!input) return;
  event.preventDefault();
  input.focus();
  place.scrollIntoView({ block: "center" });
});
