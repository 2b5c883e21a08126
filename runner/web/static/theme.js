// Change the theme without loading the page again; the server remembers it in a cookie.
export function start(root) {
  for (const form of root.querySelectorAll("[data-theme-switch]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const fields = new URLSearchParams(new FormData(form));
      fields.set("theme", event.submitter.value);
      try {
        const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
        if (answer.type !== "opaqueredirect" && !answer.ok) return;
      } catch {
        return;
      }
      root.documentElement.dataset.bsTheme = event.submitter.value;
      for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === event.submitter));
    });
  }
}
