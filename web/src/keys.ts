/**
 * Keyboard for lists: `/` goes to the search, ↑ ↓ walk over the rows of `table[data-rows]`, Home and End to
 * the first and last, Escape leaves. A row is current when the link in its first cell has the focus, so
 * Enter opens it without any help and a screen reader says it.
 *
 * A key of one character can be switched off in the person's menu (WCAG 2.1.4); the choice is kept.
 */
const OFF = "otklik.keys.off";

export function installKeys(page: Document, memory: Storage): void {
  let on = read(memory) !== "1";
  const button = page.querySelector<HTMLButtonElement>("button[data-keys]");
  if (button) {
    const hint = page.querySelector<HTMLElement>("[data-keys-hint]");
    const show = () => {
      button.setAttribute("aria-pressed", String(on));
      if (hint) hint.hidden = !on;
    };
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      on = !on;
      write(memory, on ? null : "1");
      show();
    });
  }
  page.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") leave(page);
    else if (on && handle(page, event)) event.preventDefault();
  });
}

/** Whether the key was ours. */
function handle(page: Document, event: KeyboardEvent): boolean {
  const active = page.activeElement;
  // On a Russian layout the key of «/» gives «.»: the place of the key counts.
  if ((event.key === "/" || event.code === "Slash") && !event.shiftKey && !isTyping(active)) {
    const search = page.querySelector<HTMLInputElement>("main input[type=search]");
    search?.focus();
    search?.select();
    return search !== null;
  }
  const links = rowLinks(page);
  const at = links.findIndex((link) => link === active);
  const target = next(event.key, at, links.length, active, page);
  if (target === undefined) return false;
  links[target]?.focus();
  return true;
}

function next(key: string, at: number, count: number, active: Element | null, page: Document): number | undefined {
  if (count === 0) return undefined;
  if (at >= 0) {
    if (key === "ArrowDown") return Math.min(at + 1, count - 1);
    if (key === "ArrowUp") return Math.max(at - 1, 0);
    if (key === "Home") return 0;
    if (key === "End") return count - 1;
    return undefined;
  }
  // From nowhere, or from the search, down leads into the list; anywhere else the keys keep their meaning.
  const outside = active === null || active === page.body || isSearch(active);
  return outside && key === "ArrowDown" ? 0 : undefined;
}

/** The link of each row; of two links, for wide and for narrow screens, the one that is shown. */
function rowLinks(page: Document): HTMLElement[] {
  const rows = page.querySelectorAll<HTMLTableRowElement>("table[data-rows] tbody tr");
  return [...rows].flatMap((row) => {
    const links = [...(row.cells[0]?.querySelectorAll<HTMLElement>("a[href]") ?? [])];
    return links.find((link) => links.length === 1 || getComputedStyle(link).display !== "none") ?? [];
  });
}

/** Closes the person's menu, or leaves the row or the search. */
function leave(page: Document): void {
  const menu = page.querySelector<HTMLDetailsElement>("details.person[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
    return;
  }
  const active = page.activeElement;
  if (active instanceof HTMLElement && (isSearch(active) || active.closest("table[data-rows]"))) active.blur();
}

function isSearch(element: Element): boolean {
  return element.matches("input[type=search]");
}

function isTyping(element: Element | null): boolean {
  return element?.matches("input, textarea, select, [contenteditable]") ?? false;
}

function read(memory: Storage): string | null {
  try {
    return memory.getItem(OFF);
  } catch {
    return null; // Storage is forbidden: the keys stay on.
  }
}

function write(memory: Storage, value: string | null): void {
  try {
    if (value === null) memory.removeItem(OFF);
    else memory.setItem(OFF, value);
  } catch {
    // Storage is forbidden: the choice holds for this page.
  }
}
