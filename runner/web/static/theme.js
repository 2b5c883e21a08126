// Light, dark, or as the system: the same cookie the server reads, so that the next page comes in the right colours.
const YEAR_SECONDS = 31536000;
const ORDER = ["auto", "light", "dark"];

export function start() {
  const form = document.querySelector("[data-theme-switch]");
  if (!form) return;
  form.classList.add("is-live");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const buttons = [...form.querySelectorAll("button")], pressed = event.submitter;
    let theme = pressed.value;
    if (pressed.getAttribute("aria-pressed") === "true") theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    const secure = window.location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `deskhand-theme=${theme}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Strict${secure}`;
    document.documentElement.dataset.bsTheme = theme;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === theme));
    buttons.find((button) => button.value === theme).focus();
  });
}
