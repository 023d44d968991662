/**
 * Live updates: a page with regions marked `data-live` (each with an id) listens to the server's stream, which
 * says that something has changed and never what. The page then asks for its own address again and puts the
 * regions that differ in their places, with the focus and what was scrolled kept. A page in the background
 * waits until it is looked at.
 */
export interface Live {
  /** Asks for the page again, at once. */
  refresh(): Promise<void>;
}

type Stream = Pick<EventSource, "addEventListener" | "close">;

export function installLive(
  page: Document,
  open: (address: string) => Stream = (address) => new EventSource(address),
  ask: typeof fetch = (input, init) => window.fetch(input, init),
): Live | undefined {
  const mark = page.querySelector<HTMLElement>("[data-live-mark]");
  if (regions(page).length === 0) return undefined;
  let waits = false;
  let asking = false;

  const refresh = async (): Promise<void> => {
    if (page.hidden || asking) {
      waits = true;
      return;
    }
    asking = true;
    waits = false;
    const address = page.location.href;
    let moved = false;
    try {
      const answer = await ask(address, { headers: { accept: "text/html", "x-live": "1" }, credentials: "same-origin" });
      // Signed out, moved or failed: what stands here stays, and the next message asks again.
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      // Meanwhile another card was opened: this answer is about the address of before.
      moved = page.location.href !== address;
      if (!moved && replace(page, fresh)) say(mark, "changed", new Date());
    } catch {
      waits = true; // No connection: the stream will say when there is one.
    } finally {
      asking = false;
    }
    if (moved) await refresh();
  };

  const stream = open(`/admin/live?since=${encodeURIComponent(page.body.dataset.liveSince ?? "0")}`);
  stream.addEventListener("open", () => {
    say(mark, "on");
    if (waits) void refresh();
  });
  stream.addEventListener("error", () => say(mark, "lost"));
  stream.addEventListener("changed", () => void refresh());
  stream.addEventListener("ended", () => {
    stream.close();
    say(mark, "ended");
  });
  page.addEventListener("visibilitychange", () => {
    if (!page.hidden && waits) void refresh();
  });
  return { refresh };
}

function regions(page: Document): HTMLElement[] {
  return [...page.querySelectorAll<HTMLElement>("[data-live][id]")];
}

/** Puts what differs in its place; whether anything did. Where somebody types only when it must be. */
export function replace(page: Document, fresh: Document, must = false): boolean {
  let changed = false;
  for (const old of regions(page)) {
    const next = fresh.getElementById(old.id);
    if (!next || next.innerHTML === old.innerHTML) continue;
    if (!must && isTypedIn(old, page.activeElement)) continue;
    const focus = focusIn(old, page.activeElement);
    const opened = [...old.querySelectorAll<HTMLDetailsElement>("details[open]")].map((one) => one.id);
    const scrolled = old.querySelector<HTMLElement>(".table-scroll")?.scrollLeft ?? 0;
    old.replaceChildren(...[...next.childNodes].map((node) => page.importNode(node, true)));
    for (const id of opened) {
      const details = id === "" ? null : page.getElementById(id);
      if (details instanceof HTMLDetailsElement) details.open = true;
    }
    const scroll = old.querySelector<HTMLElement>(".table-scroll");
    if (scroll) scroll.scrollLeft = scrolled;
    if (focus) old.querySelector<HTMLElement>(focus)?.focus({ preventScroll: true });
    changed = true;
  }
  return changed;
}

/** Nothing is taken from under somebody who types, nor what they have typed, nor what they are told is wrong in it. */
function isTypedIn(region: Element, active: Element | null): boolean {
  const typing = active !== null && region.contains(active) && active.matches("input, textarea, select");
  return typing || [...region.querySelectorAll("textarea")].some(isUnsaved);
}

/** Whether a field holds something that the server has not kept: typed since, or come back with a mistake. */
export function isUnsaved(field: HTMLTextAreaElement): boolean {
  return field.value !== field.defaultValue || field.getAttribute("aria-invalid") === "true";
}

/** How to find the element that has the focus once its region is new: by its id, or by where it leads. */
function focusIn(region: Element, active: Element | null): string | undefined {
  if (!active || !region.contains(active)) return undefined;
  if (active.id) return `#${CSS.escape(active.id)}`;
  const href = active.getAttribute("href");
  return href === null ? undefined : `a[href="${CSS.escape(href)}"]`;
}

type State = "on" | "changed" | "lost" | "ended";

/** Says in the page's mark how its updates stand; the words are in its attributes. */
function say(mark: HTMLElement | null, state: State, at?: Date): void {
  if (!mark) return;
  mark.hidden = false;
  mark.dataset.state = state;
  const time = at === undefined ? "" : ` ${at.toLocaleTimeString(mark.ownerDocument.documentElement.lang)}`;
  mark.textContent = (mark.dataset[state] ?? "") + time;
}
