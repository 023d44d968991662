import { beforeEach, expect, test } from "vitest";
import { installKeys } from "./keys";
import { focusSummary } from "./summary";

const page = document;

const LIST = `
  <details class="person" open><summary>Меню</summary><button type="button" data-keys hidden>Клавиши</button></details>
  <main>
    <form><input type="search" id="q" value="окно"><input type="text" id="name"></form>
    <table data-rows><thead><tr><th><a href="?sort">Орган</a></th></tr></thead><tbody>
      <tr><td><a href="/1" id="r1">Первый</a></td><td><a href="/x">другая</a></td></tr>
      <tr><td>без ссылки</td></tr>
      <tr><td><a href="/own/2" style="display: none">Второй</a><a href="/2" id="r2">Второй</a></td></tr>
      <tr><td><a href="/3" id="r3">Третий</a></td></tr>
    </tbody></table>
  </main>`;

function open(body: string): void {
  document.body.innerHTML = body;
}

function press(key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  (page.activeElement ?? page.body).dispatchEvent(event);
  return event;
}

function focused(): string {
  return page.activeElement?.id ?? "";
}

function focus(id: string): void {
  page.getElementById(id)?.focus();
}

beforeEach(() => {
  localStorage.clear();
  open(LIST);
  page.querySelector<HTMLDetailsElement>("details")!.open = false;
});

// As a page does: once. The listener sits on the document, whose content each test replaces.
installKeys(document, localStorage);

test("arrows walk over the links of first cells and stop at the ends", () => {
  const way = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Home", "ArrowUp", "End"];
  const seen = way.map((key) => {
    expect(press(key).defaultPrevented).toBe(true);
    return focused();
  });
  expect(seen).toEqual(["r1", "r2", "r3", "r3", "r2", "r1", "r1", "r3"]);
});

test("slash goes to the search and selects what is there, on a Russian layout too", () => {
  press("/");
  expect(focused()).toBe("q");
  const search = page.getElementById("q") as HTMLInputElement;
  expect([search.selectionStart, search.selectionEnd]).toEqual([0, 4]);
  search.blur();
  press(".", { code: "Slash" });
  expect(focused()).toBe("q");
});

test("slash is a character while typing", () => {
  focus("name");
  expect(press("/").defaultPrevented).toBe(false);
  expect(focused()).toBe("name");
});

test("down leads from the search into the list, but not from another field", () => {
  focus("q");
  press("ArrowDown");
  expect(focused()).toBe("r1");
  focus("name");
  expect(press("ArrowDown").defaultPrevented).toBe(false);
  expect(focused()).toBe("name");
});

test("Enter is left to the browser", () => {
  focus("r2");
  expect(press("Enter").defaultPrevented).toBe(false);
});

test("Escape leaves the row, the search and the menu", () => {
  for (const id of ["r2", "q"]) {
    focus(id);
    press("Escape");
    expect(page.activeElement).toBe(page.body);
  }
  const menu = page.querySelector<HTMLDetailsElement>("details.person")!;
  menu.open = true;
  press("Escape");
  expect(menu.open).toBe(false);
  expect(page.activeElement).toBe(menu.querySelector("summary"));
});

test("keys with modifiers belong to the browser", () => {
  expect(press("ArrowDown", { ctrlKey: true }).defaultPrevented).toBe(false);
  expect(press("/", { altKey: true }).defaultPrevented).toBe(false);
  expect(focused()).toBe("");
});

test("a page without a list or a search keeps its keys", () => {
  open("<main><p>Карточка</p></main>");
  expect(press("ArrowDown").defaultPrevented).toBe(false);
  expect(press("/").defaultPrevented).toBe(false);
});

test("the button switches the keys off and the choice is kept", () => {
  const other = document.implementation.createHTMLDocument();
  other.body.innerHTML = LIST;
  installKeys(other, localStorage);
  const button = other.querySelector<HTMLButtonElement>("button[data-keys]")!;
  const slash = () => {
    const event = new KeyboardEvent("keydown", { key: "/", bubbles: true, cancelable: true });
    other.body.dispatchEvent(event);
    return event.defaultPrevented;
  };
  expect([button.hidden, button.getAttribute("aria-pressed"), slash()]).toEqual([false, "true", true]);
  other.querySelector<HTMLElement>("#q")!.blur();
  button.click();
  expect([button.getAttribute("aria-pressed"), slash()]).toEqual(["false", false]);

  const later = document.implementation.createHTMLDocument();
  later.body.innerHTML = LIST;
  installKeys(later, localStorage);
  expect(later.querySelector("button[data-keys]")!.getAttribute("aria-pressed")).toBe("false");
});

test("forbidden storage leaves the keys on", () => {
  const forbidden = {
    getItem: () => { throw new DOMException("no", "SecurityError"); },
    setItem: () => { throw new DOMException("no", "SecurityError"); },
  } as unknown as Storage;
  const other = document.implementation.createHTMLDocument();
  other.body.innerHTML = LIST;
  installKeys(other, forbidden);
  const button = other.querySelector<HTMLButtonElement>("button[data-keys]")!;
  button.click();
  expect(button.getAttribute("aria-pressed")).toBe("false");
});

test("the summary of mistakes takes the focus", () => {
  open('<div tabindex="-1" data-focus id="summary">Проверьте поля</div>');
  focusSummary(page);
  expect(focused()).toBe("summary");
});
