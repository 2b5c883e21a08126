// The last page: copy, a secret that hides itself, and an address under which loading again repeats nothing.
import { announce } from "./announcing.js";

const SHOWN_SECONDS = 60;

function copying(box) {
  const button = box.querySelector("[data-copy]"), value = box.querySelector("[data-value]");
  button?.addEventListener("click", async () => {
    const label = button.querySelector("[data-copy-label]");
    try {
      await navigator.clipboard.writeText(value.textContent);
      label.textContent = "Copied";
      announce("Copied");
    } catch {
      window.getSelection().selectAllChildren(value);
      label.textContent = "Selected";
      announce("Selected; copy it with the keyboard");
    }
    window.setTimeout(() => { label.textContent = "Copy"; }, 4000);
  });
}

function hiding(box) {
  const clock = box.querySelector("[data-clock]"), value = box.querySelector("[data-value]");
  const ends = Date.now() + SHOWN_SECONDS * 1000;
  const hide = () => {
    window.clearInterval(ticking);
    value.textContent = "";
    value.hidden = true;
    box.querySelector("[data-gone]").hidden = false;
    box.querySelector(".tools").hidden = true;
    announce("The password is hidden now");
  };
  const tick = () => {
    const left = Math.ceil((ends - Date.now()) / 1000);
    clock.textContent = `hides in ${left} s`;
    if (left <= 0) hide();
  };
  const ticking = window.setInterval(tick, 1000);
  tick();
  box.querySelector("[data-hide]").addEventListener("click", hide);
  // A page brought back from the browser's memory must not bring the secret with it.
  window.addEventListener("pagehide", hide);
}

export function start() {
  const address = document.querySelector("[data-address]")?.dataset.address;
  if (address) window.history.replaceState(null, "", address);
  document.querySelectorAll("[data-secret], [data-shown]").forEach(copying);
  document.querySelectorAll("[data-secret]").forEach(hiding);
}
