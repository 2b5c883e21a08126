// A file that answers a question: sent when it is chosen, shown by its name and size, and removed again.
import { exchange } from "./uploading.js";

function watch(box, all) {
  const name = box.dataset.file, { say, check, send } = exchange(box, name, all, "[data-name]");
  const chooser = box.querySelector("[data-choose]");
  chooser.addEventListener("change", (event) => {
    event.stopPropagation();
    const file = chooser.files[0];
    if (!file) return;
    if (file.size <= Number(box.dataset.most)) {
      send(file, "The file could not be sent. Choose it again, or hand the form in.");
      return;
    }
    chooser.value = "";
    say(`The file is too large. It may have at most ${box.dataset.limit}.`);
  });
  box.querySelector("[data-drop]")?.addEventListener("click", (event) => {
    event.preventDefault();
    check((body) => body.set(`answer.${name}`, ""), "The file could not be removed. Try it again.");
  });
}

export function enhance(root, all) {
  for (const box of root.querySelectorAll("[data-file]:not([data-ready])")) {
    box.dataset.ready = "";
    watch(box, all);
  }
}
