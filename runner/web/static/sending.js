// A form is sent once: a second click while the answer is under way does nothing. A download leaves the page as it is.
const SLOW_MS = 300;

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (event.submitter?.hasAttribute("data-download")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const button = event.submitter;
    window.setTimeout(() => {
      if (!form.dataset.sent || !button) return;
      button.classList.add("busy");
      button.setAttribute("aria-busy", "true");
    }, SLOW_MS);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelectorAll(".busy").forEach((button) => { button.classList.remove("busy"); button.removeAttribute("aria-busy"); });
    }
  });
}
