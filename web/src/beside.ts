/**
 * The card beside the list. The list and the card are one page of the server, and its address says which card is
 * open: here that page is fetched and what differs put in place, so that the list, its place on the screen and
 * the focus stay. Whatever can't be done so is left to the browser, which does the same without a script.
 */
import { isUnsaved, replace } from "./live";
import { focusSummary } from "./summary";

type View = Pick<Window, "history" | "location" | "addEventListener" | "scrollBy">;

export function installBeside(page: Document, view: View, ask: typeof fetch = (input, init) => window.fetch(input, init)): void {
  const desk = page.querySelector<HTMLElement>("[data-desk]");
  if (!desk) return;
  const said = desk.querySelector<HTMLElement>("[data-said]");
  /** What was typed and not saved, by card. */
  const kept = new Map<string, string>();
  let turn = 0;

  const card = () => page.getElementById("card");
  const field = () => card()?.querySelector<HTMLTextAreaElement>("textarea") ?? null;
  const keep = () => {
    const [id, typed] = [card()?.dataset.card, field()];
    if (id === undefined || !typed) return;
    if (isUnsaved(typed)) kept.set(id, typed.value);
    else kept.delete(id);
  };
  const tell = (words = "", seen = true) => {
    if (!said) return;
    said.classList.toggle("hidden", !seen);
    said.textContent = words;
  };

  /** Puts a page of the server in the place of this one. */
  const put = (fresh: Document) => {
    const link = page.activeElement?.closest("table[data-rows] a[href]");
    const before = link?.getBoundingClientRect().top;
    replace(page, fresh, true);
    desk.classList.toggle("open", card() !== null);
    page.title = fresh.title;
    // The row that was chosen stays where it was, though rows are taller beside a card.
    const row = page.activeElement?.closest("table[data-rows] a[href]");
    if (row && before !== undefined) view.scrollBy(0, row.getBoundingClientRect().top - before);
    const [id, typed] = [card()?.dataset.card ?? "", field()];
    const text = kept.get(id);
    if (!typed || text === undefined || isUnsaved(typed) || text === typed.value) return false;
    typed.value = text;
    return true;
  };

  const open = async (address: string, note: (address: string) => void): Promise<void> => {
    const mine = ++turn;
    keep();
    desk.setAttribute("aria-busy", "true");
    try {
      const answer = await ask(address, { headers: { accept: "text/html" }, credentials: "same-origin" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== turn) return;
      if (!answer.ok || answer.redirected || !fresh.getElementById("card")) return view.location.assign(address);
      note(address);
      const returned = put(fresh);
      if (returned) tell(said?.dataset.kept);
      else tell(said?.dataset.opened, false);
    } catch {
      if (mine === turn) view.location.assign(address);
    } finally {
      if (mine === turn) desk.removeAttribute("aria-busy");
    }
  };

  const close = () => {
    turn += 1;
    keep();
    desk.removeAttribute("aria-busy");
    const inside = card()?.contains(page.activeElement) ?? false;
    page.getElementById("beside")?.replaceChildren();
    desk.classList.remove("open");
    tell();
    page.title = page.title.replace(/^.* · /, "");
    for (const row of desk.querySelectorAll("tr.open")) row.removeAttribute("class");
    const link = desk.querySelector<HTMLElement>("a[aria-current=true]");
    link?.removeAttribute("aria-current");
    if (inside) link?.focus();
  };

  /** Closes by going back where the card was opened from, so that no step of the history does nothing. */
  const leave = () => {
    const address = card()?.querySelector<HTMLAnchorElement>("[data-close]")?.href;
    const opened = (view.history.state as { card?: boolean } | null)?.card === true;
    close();
    if (opened) view.history.back();
    else if (address !== undefined) view.history.replaceState(null, "", address);
  };

  const send = async (form: HTMLFormElement): Promise<void> => {
    if (desk.getAttribute("aria-busy") === "true") return;
    const mine = ++turn;
    desk.setAttribute("aria-busy", "true");
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    const sent = card()?.dataset.card ?? "";
    try {
      const answer = await ask(form.action, { method: "POST", body, credentials: "same-origin" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== turn) return;
      // The session has ended, or the server can't: its own page says so and keeps what was typed.
      if (!(answer.ok || answer.status === 422) || !fresh.getElementById("card")) return form.submit();
      if (answer.redirected) {
        const address = new URL(answer.url);
        address.searchParams.delete("done");
        view.history.replaceState(view.history.state, "", address);
      }
      kept.delete(sent);
      put(fresh);
      tell(fresh.querySelector(".flash")?.textContent ?? "");
      if (answer.ok && page.activeElement === page.body) page.getElementById("card-title")?.focus();
      if (!answer.ok) focusSummary(page);
    } catch {
      if (mine === turn) tell(said?.dataset.lost);
    } finally {
      if (mine === turn) desk.removeAttribute("aria-busy");
    }
  };

  const push = (address: string) => {
    const state = { card: true };
    // Card after card is one step of the history: back leads to the list.
    if (card()) view.history.replaceState(view.history.state, "", address);
    else view.history.pushState(state, "", address);
  };

  page.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-open], a[data-close]") : null;
    if (!link || !desk.contains(link)) return;
    event.preventDefault();
    if (link.matches("[data-close]")) leave();
    else if (link.getAttribute("aria-current") === "true" && card()) page.getElementById("card-title")?.focus();
    else void open(link.href, push);
  });
  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !card()?.contains(form)) return;
    event.preventDefault();
    void send(form);
  });
  page.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !card() || page.querySelector("details.person[open]")) return;
    const active = page.activeElement;
    const inCard = card()?.contains(active) ?? false;
    const away = active !== null && active !== page.body && !inCard && !active.closest("table[data-rows]");
    if (away) return;
    event.preventDefault();
    // Out of a field first: nobody closes what they write by one key.
    if (inCard && active?.matches("textarea, input")) page.getElementById("card-title")?.focus();
    else leave();
  });
  view.addEventListener("popstate", () => {
    const wanted = new URL(view.location.href).searchParams.get("card");
    if (wanted === (card()?.dataset.card ?? null)) return;
    if (wanted === null) close();
    else void open(view.location.href, () => {});
  });
}
