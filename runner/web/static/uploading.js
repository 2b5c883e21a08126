// Files leave the page at once: the server looks at them, and the question is shown anew as it answers.
import { announce, ask, element, filled } from "./announcing.js";

// Return how a box sends what is in it and how it says what went wrong; `sum` is what stands there when all is well.
export function exchange(box, name, all, sum) {
  const form = box.closest("form"), slot = box.closest(".slot");
  const say = (text) => {
    box.querySelector("[data-read]").replaceChildren(element("p", { class: "error", role: "alert" }, text));
    announce(text);
  };
  const show = (page) => {
    const part = page.fields.find((one) => one.id === slot.dataset.field);
    if (!part) return;
    slot.innerHTML = part.html;
    slot.dataset.stamp = part.stamp;
    all(slot);
    const read = slot.querySelector("[data-read]"), wrong = slot.querySelector(".field > .error");
    read?.focus();
    announce((wrong || slot.querySelector(sum))?.textContent.trim() || "The file was removed");
    read?.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const check = async (change, failed) => {
    const body = filled(form);
    change(body);
    box.setAttribute("aria-busy", "true");
    try {
      show(await ask(`${form.dataset.fill}/evaluate`, body));
    } catch {
      say(failed);
    } finally {
      box.removeAttribute("aria-busy");
    }
  };
  const send = (file, failed) => check((body) => body.append(`file.${name}`, file), failed);
  return { say, check, send };
}
