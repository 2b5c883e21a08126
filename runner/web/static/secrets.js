// Copy a value; hide a secret after a minute, with the seconds in sight.
import { announce } from "./announcing.js";

const SECONDS = 60;

export function start(root) {
  for (const box of root.querySelectorAll("[data-secret], [data-shown]")) {
    box.querySelector("[data-copy]")?.addEventListener("click", (event) => copy(box, event.currentTarget));
  }
  for (const box of root.querySelectorAll("[data-secret]")) watch(box);
}

async function copy(box, button) {
  try {
    await navigator.clipboard.writeText(box.querySelector("[data-value]").textContent.trim());
    button.querySelector("[data-copy-label]").textContent = "Copied";
    announce("Copied");
  } catch {
    announce("It could not be copied; select it by hand");
  }
}

function watch(box) {
  const end = Date.now() + SECONDS * 1000;
  const hide = () => {
    clearInterval(timer);
    box.querySelector("[data-value]").remove();
    box.querySelector(".tools").remove();
    box.querySelector("[data-gone]").hidden = false;
    announce("The secret is hidden");
  };
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) return hide();
    box.querySelector("[data-clock]").textContent = `hidden in ${left} s`;
  };
  const timer = setInterval(tick, 1000);
  tick();
  box.querySelector("[data-hide]").addEventListener("click", hide);
  addEventListener("pagehide", hide, { once: true });
}
