// Files of rows: what is chosen or pasted is read on the server at once, and shown with what is wrong in which cell.
import { exchange } from "./uploading.js";

const MOST_BYTES = 1024 * 1024;
const FAILED = "The file could not be checked. Choose it again, or hand the form in.";

function watch(box, all) {
  const name = box.dataset.csv, { say, check } = exchange(box, name, all, "[data-sum]");
  const chooser = box.querySelector("[data-choose]"), paste = box.querySelector("[data-paste]");
  const read = () => {
    const file = chooser.files[0];
    if (file && file.size > MOST_BYTES) {
      chooser.value = "";
      say("The file is larger than 1 MiB. Split it into smaller ones.");
    } else if (file || paste.value.trim()) check((body) => { if (file) body.append(`file.${name}`, file); }, FAILED);
    else chooser.focus();
  };
  chooser.addEventListener("change", (event) => { event.stopPropagation(); if (chooser.files.length) read(); });
  paste.addEventListener("input", (event) => event.stopPropagation());
  box.querySelector("[data-check]").addEventListener("click", (event) => { event.preventDefault(); read(); });
  box.querySelector("[data-drop]")?.addEventListener("click", (event) => {
    event.preventDefault();
    check((body) => { body.set(`carried.${name}`, ""); body.set(`paste.${name}`, ""); }, FAILED);
  });
}

export function enhance(root, all) {
  for (const box of root.querySelectorAll("[data-csv]:not([data-ready])")) {
    box.dataset.ready = "";
    watch(box, all);
  }
}
