// The progress of a bulk follows by itself: asked again every few seconds, and answered with nothing while nothing changed.
import { announce } from "./announcing.js";

const PAUSE = 2_000, LONGEST_PAUSE = 60_000;

export function start() {
  const place = document.querySelector("[data-bulk-live]");
  if (!place) return;
  let mark = "", failures = 0;
  const later = () => window.setTimeout(look, Math.min((document.hidden ? 15_000 : PAUSE) * 2 ** failures, LONGEST_PAUSE));
  const look = async () => {
    try {
      const headers = mark ? { "If-None-Match": mark } : {};
      const answer = await fetch(place.dataset.bulk, { headers, cache: "no-store", redirect: "error" });
      if (answer.status === 401) return; // the session ended: nothing more to ask
      if (answer.status === 200) {
        mark = answer.headers.get("ETag") || "";
        const inside = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
        place.innerHTML = await answer.text();
        if (inside) place.querySelector(`a[href="${CSS.escape(inside)}"]`)?.focus();
        const state = place.querySelector("[data-state]")?.dataset.state;
        if (state !== place.dataset.bulkState) {
          announce(place.querySelector(".chip")?.textContent || "");
          // another step has other buttons
          if (!(place.dataset.bulkState === "starting" && state === "running")) { window.location.reload(); return; }
          place.dataset.bulkState = state;
        }
      } else if (answer.status !== 304) throw new Error(String(answer.status));
      failures = 0;
    } catch {
      failures = Math.min(failures + 1, 5);
    }
    later();
  };
  later();
}
