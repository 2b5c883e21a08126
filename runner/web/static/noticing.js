// Ask now and then what is new: the badges of the rail, and a notification of the desktop where the reader switched it on.
import { announce } from "./announcing.js";

const PAUSE = 30_000, HIDDEN_PAUSE = 120_000, LONGEST_PAUSE = 900_000;
const WISH = "deskhand-notify";

const badge = (name, count) => {
  for (const place of document.querySelectorAll(`[data-news="${name}"]`)) {
    place.hidden = count === 0;
    place.querySelector("[data-count]").textContent = count > 99 ? "99+" : String(count);
  }
};

const isWanted = () => "Notification" in window && Notification.permission === "granted" && localStorage.getItem(WISH) === "1";

// One notification for each thing, however many tabs are open: the tag makes them one.
const notify = (texts, path, text, tag) => {
  announce(text);
  if (!isWanted() || !document.hidden) return;
  const made = new Notification(texts.title, { body: text, tag });
  made.addEventListener("click", () => { window.focus(); window.location.assign(path); made.close(); });
};

function changed(rail, known, found) {
  badge("waiting", found.waiting);
  badge("ended", found.ended);
  if (found.waiting > known.waiting) notify(rail.dataset, rail.dataset.inbox || "/", rail.dataset.waitingText, "deskhand-waiting");
  if (found.last_id && found.last_id !== known.last_id)
    notify(rail.dataset, `/submissions/${encodeURIComponent(found.last_id)}`, `${rail.dataset.endedText} ${found.last_title}`, found.last_id);
}

function switchOn() {
  const button = document.querySelector("[data-notify-switch]");
  if (!button || !("Notification" in window) || Notification.permission === "denied") return;
  const show = () => button.setAttribute("aria-pressed", String(isWanted()));
  button.hidden = false;
  show();
  button.addEventListener("click", async () => {
    if (isWanted()) localStorage.removeItem(WISH);
    else if ((await Notification.requestPermission()) === "granted") localStorage.setItem(WISH, "1");
    show();
  });
}

export function start() {
  switchOn();
  const rail = document.querySelector("[data-news-rail]");
  if (!rail) return;
  let known = JSON.parse(rail.dataset.newsRail), failures = 0, timer = 0;
  const later = () => {
    const pause = (document.hidden ? HIDDEN_PAUSE : PAUSE) * 2 ** failures;
    window.clearTimeout(timer);
    timer = window.setTimeout(look, Math.min(pause, LONGEST_PAUSE));
  };
  const look = async () => {
    try {
      const answer = await fetch("/news", { headers: { Accept: "application/json" }, cache: "no-cache", redirect: "error" });
      if (answer.status === 401) return; // the session ended: nothing more to ask
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      failures = 0;
      changed(rail, known, found);
      known = found;
    } catch {
      failures = Math.min(failures + 1, 5);
    }
    later();
  };
  document.addEventListener("visibilitychange", later);
  later();
}
