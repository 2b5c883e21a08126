// Tell screen readers, politely, what changed elsewhere on the page.
export function announce(text) {
  const place = document.querySelector("[data-announce]");
  if (!place) return;
  place.textContent = "";
  window.setTimeout(() => { place.textContent = text; }, 60);
}

// Make an element: attributes that are null are left out, children may be texts. Texts are never read as HTML.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export const cross = () => {
  const span = element("span", { "aria-hidden": "true" }, "×");
  return span;
};

// What a form would send, without the passwords, which leave the page only when it is handed in, and without files.
export function filled(form) {
  const sent = form.enctype === "multipart/form-data" ? new FormData() : new URLSearchParams();
  const hidden = new Set([...form.querySelectorAll("input[type=password]")].map((input) => input.name));
  for (const [name, value] of new FormData(form)) if (!hidden.has(name) && typeof value === "string") sent.append(name, value);
  return sent;
}

export async function ask(address, body, signal) {
  const answer = await fetch(address, { method: "POST", body, signal, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}
