// "/" goes to the search box from anywhere; arrows walk through what was found.
export function start(root) {
  const box = root.querySelector("[data-find] input");
  if (!box) return;
  root.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.focus();
      box.select();
    }
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const links = [...root.querySelectorAll("main .list a, main a.tile")];
    const at = links.indexOf(event.target);
    if (event.target !== box && at < 0) return;
    const next = event.target === box ? (event.key === "ArrowDown" ? 0 : -1) : at + (event.key === "ArrowDown" ? 1 : -1);
    if (event.target === box && next < 0) return;
    event.preventDefault();
    (links[next] ?? (next < 0 ? box : links.at(-1)))?.focus();
  });
}
