import { beforeEach, expect, test, vi } from "vitest";
import { installBeside } from "./beside";
import { installKeys } from "./keys";

const LIST = "http://desk.example/admin/responses?negative=1";
const at = (id: number) => `${LIST}&card=${id}`;

/** A page as the server makes it: the list, and a card beside it. */
function page(card?: number, more = ""): string {
  const row = (id: number) => `<tr${id === card ? ' class="open"' : ""}><td>
    <a href="/admin/responses/${id}" style="display:none">${id}</a>
    <a href="${at(id)}" id="r${id}" data-open${id === card ? ' aria-current="true"' : ""}>${id}</a></td></tr>`;
  return `<!doctype html><html lang="ru"><head><title>${card ? `Отклик ${card} · ` : ""}Отклики</title></head><body>${more}
    <main><input type="search" id="q"><div class="desk${card ? " open" : ""}" data-desk>
    <div data-live id="list"><table data-rows><tbody>${[1, 2, 3].map(row).join("")}</tbody></table></div>
    <p data-said data-opened="открыт" data-kept="вернулся" data-lost="нет связи"></p>
    <div data-live id="beside">${card ? `<section id="card" data-card="${card}"><h2 id="card-title" tabindex="-1">${card}</h2>
      <a data-close id="card-close" href="${LIST}">Закрыть</a>
      <form method="post" action="/admin/responses/${card}/outcome"><input type="hidden" name="list" value="negative=1">
      <textarea id="outcome" name="outcome"></textarea><button id="save">Сохранить</button></form></section>` : ""}</div>
    </div></main></body></html>`;
}

let went: string[];
let asked: { address: string; init: RequestInit | undefined }[];
let answer: (address: string, init?: RequestInit) => Promise<Response> | Response;
let states: { state: unknown; address: string }[];
let popped: () => void;
let href: string;

function open(card?: number): void {
  const doc = new DOMParser().parseFromString(page(card), "text/html");
  document.body.replaceChildren(...[...doc.body.childNodes].map((node) => document.importNode(node, true)));
  document.title = doc.title;
}

const view = {
  location: { assign: (to: string) => void went.push(to), get href() { return href; } },
  history: {
    get state() { return states.at(-1)?.state ?? null; },
    pushState: (state: unknown, _: string, address: string | URL) => void (states.push({ state, address: String(address) }), (href = String(address))),
    replaceState: (state: unknown, _: string, address: string | URL) => {
      states.pop();
      states.push({ state, address: String(address) });
      href = String(address);
    },
    back: () => {
      states.pop();
      href = states.at(-1)?.address ?? "";
      popped();
    },
  },
  addEventListener: (_: string, act: () => void) => void (popped = act),
  scrollBy: () => {},
} as unknown as Window;

const served = (address: string): Response => {
  const id = new URL(address).searchParams.get("card");
  return new Response(page(id === null ? undefined : Number(id)));
};
const settled = () => new Promise((done) => setTimeout(done, 0));
const $ = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const card = () => $("card")?.dataset.card;
const said = () => document.querySelector("[data-said]")!.textContent;
const focused = () => document.activeElement?.id ?? "";

async function press(key: string): Promise<void> {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await settled();
}

async function click(id: string): Promise<boolean> {
  const event = new MouseEvent("click", { bubbles: true, cancelable: true, button: 0 });
  $(id).focus();
  $(id).dispatchEvent(event);
  await settled();
  return event.defaultPrevented;
}

/** Takes off the document what the test before has put on it. */
let forget = () => {};

function start(card?: number): void {
  forget();
  href = card === undefined ? LIST : at(card);
  [went, asked, states] = [[], [], [{ state: null, address: href }]];
  answer = served;
  open(card);
  const added: [string, EventListener][] = [];
  const add = document.addEventListener.bind(document);
  document.addEventListener = ((name: string, act: EventListener) => {
    added.push([name, act]);
    add(name, act);
  }) as typeof document.addEventListener;
  install();
  document.addEventListener = add;
  forget = () => added.forEach(([name, act]) => document.removeEventListener(name, act));
}

beforeEach(() => start());

function install(): void {
  installBeside(document, view, (async (address: RequestInfo | URL, init?: RequestInit) => {
    asked.push({ address: String(address), init });
    return answer(String(address), init);
  }) as typeof fetch);
  installKeys(document, localStorage);
}

test("a row's card is opened beside the list, its address is kept and the row keeps the focus", async () => {
  expect(await click("r2")).toBe(true);
  expect([card(), focused(), href, document.title]).toEqual(["2", "r2", at(2), "Отклик 2 · Отклики"]);
  expect(document.querySelector("[data-desk]")!.className).toBe("desk open");
  expect($("r2").getAttribute("aria-current")).toBe("true");
  expect(said()).toBe("открыт");
  // Another one takes its place, also in the history; back leads to the list.
  await click("r3");
  expect([card(), states.length]).toEqual(["3", 2]);
  view.history.back();
  await settled();
  expect([card(), href, document.title]).toEqual([undefined, LIST, "Отклики"]);
  expect(document.querySelectorAll("tr.open, [aria-current]").length).toBe(0);
});

test("arrows and Enter walk and open, Enter again goes to the card, Escape comes back", async () => {
  await press("ArrowDown");
  await press("ArrowDown");
  expect(focused()).toBe("r2");
  await click("r2"); // What Enter on a link does.
  await click("r2");
  expect([card(), focused(), asked.length]).toEqual(["2", "card-title", 1]);
  await press("Escape");
  expect([card(), focused(), href]).toEqual([undefined, "r2", LIST]);
  await press("Escape");
  expect(focused()).toBe("");
});

test("a page that came with its card closes to the list's address", async () => {
  start(1);
  await click("card-close");
  expect([card(), href, states.length]).toEqual([undefined, LIST, 1]);
});

test("Escape leaves a field first, and what was typed comes back with its card", async () => {
  await click("r1");
  $<HTMLTextAreaElement>("outcome").value = "Починили терминал";
  $("outcome").focus();
  await press("Escape");
  expect([card(), focused()]).toEqual(["1", "card-title"]);
  await click("r3");
  expect($<HTMLTextAreaElement>("outcome").value).toBe("");
  await press("Escape");
  await click("r1");
  expect([$<HTMLTextAreaElement>("outcome").value, said()]).toEqual(["Починили терминал", "вернулся"]);
});

test("what is sent is answered in place, with what happened and without its address", async () => {
  await click("r1");
  answer = (address, init) => {
    if (init?.method !== "POST") return served(address);
    const response = new Response(page(1, '<p class="flash">Сохранено</p>').replace("</textarea>", "Починили</textarea>"));
    Object.defineProperties(response, { redirected: { value: true }, url: { value: `${at(1)}&done=outcome` } });
    return response;
  };
  $<HTMLTextAreaElement>("outcome").value = "Починили";
  $("save").focus();
  document.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  await settled();
  expect(String(asked.at(-1)!.init!.body)).toContain(encodeURIComponent("Починили"));
  expect([said(), href, card()]).toEqual(["Сохранено", at(1), "1"]);
  await click("r2");
  await click("r1");
  expect($<HTMLTextAreaElement>("outcome").value, "it is saved: nothing comes back").toBe("");
});

test("what the server can't do in place is left to the browser", async () => {
  for (const bad of [
    () => new Response("", { status: 404 }),
    () => new Response(page()),
    () => { throw new TypeError("no network"); },
  ]) {
    answer = bad;
    await click("r2");
    expect([went.pop(), card()]).toEqual([at(2), undefined]);
  }
});

test("without a connection nothing typed is lost, and a session that ended has its page", async () => {
  await click("r1");
  const form = document.querySelector("form")!;
  const submit = vi.spyOn(form, "submit").mockImplementation(() => {});
  const field = $<HTMLTextAreaElement>("outcome");
  field.value = "Починили";
  const send = async () => {
    form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await settled();
  };
  answer = () => { throw new TypeError("no network"); };
  await send();
  expect([said(), field.value, submit.mock.calls.length]).toEqual(["нет связи", "Починили", 0]);
  answer = () => new Response("", { status: 401 });
  await send();
  expect(submit.mock.calls.length).toBe(1);
});

test("a later choice wins over an earlier answer", async () => {
  const waiting: (() => void)[] = [];
  answer = (address) => new Promise((done) => waiting.push(() => done(served(address))));
  await click("r1");
  await click("r2");
  waiting[1]!();
  await settled();
  waiting[0]!();
  await settled();
  expect([card(), href]).toEqual(["2", at(2)]);
});

test("a click with a modifier belongs to the browser", async () => {
  const event = new MouseEvent("click", { bubbles: true, cancelable: true, button: 0, ctrlKey: true });
  $("r1").dispatchEvent(event);
  await settled();
  expect([event.defaultPrevented, asked.length]).toEqual([false, 0]);
});
