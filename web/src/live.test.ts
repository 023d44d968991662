import { beforeEach, expect, test, vi } from "vitest";
import { installLive } from "./live";

const page = (rows: string) => `<!doctype html><html lang="ru"><body data-live-since="7">
  <p data-live-mark data-on="обновляется сама" data-changed="изменилось в" data-lost="нет связи" data-ended="вы вышли" hidden></p>
  <form id="filters"><input id="q" value=""></form>
  <div data-live id="list">${rows}</div></body></html>`;
const row = (n: number) => `<a href="/r/${n}">Отклик ${n}</a>`;

class Stream {
  closed = false;
  address = "";
  private readonly heard = new Map<string, () => void>();
  addEventListener = (name: string, act: () => void): void => void this.heard.set(name, act);
  close = (): void => void (this.closed = true);
  says = (name: string): void => this.heard.get(name)?.();
}

let stream: Stream;
let answer: () => Response;
let asked: number;

function open(rows: string) {
  const parsed = new DOMParser().parseFromString(page(rows), "text/html");
  document.documentElement.lang = "ru";
  document.body.innerHTML = parsed.body.innerHTML;
  document.body.dataset.liveSince = "7";
  stream = new Stream();
  asked = 0;
  return installLive(
    document,
    (address) => {
      stream.address = address;
      return stream as unknown as EventSource;
    },
    (async () => {
      asked += 1;
      return answer();
    }) as typeof fetch,
  );
}

const list = () => document.getElementById("list")!;
const mark = () => document.querySelector<HTMLElement>("[data-live-mark]")!;
const settled = () => new Promise((done) => setTimeout(done, 0));

beforeEach(() => {
  vi.restoreAllMocks();
  answer = () => new Response(page(row(2) + row(1)));
});

test("a page without live regions opens no stream", () => {
  document.body.innerHTML = "<main></main>";
  expect(installLive(document, () => { throw new Error("opened"); })).toBeUndefined();
});

test("a change replaces the region, says when, and leaves the rest alone", async () => {
  open(row(1));
  expect(stream.address).toBe("/admin/live?since=7");
  stream.says("open");
  expect([mark().hidden, mark().textContent]).toEqual([false, "обновляется сама"]);
  document.querySelector<HTMLInputElement>("#q")!.value = "окно";
  stream.says("changed");
  await settled();
  expect(list().querySelectorAll("a").length).toBe(2);
  expect(mark().textContent).toMatch(/^изменилось в \d\d:\d\d:\d\d$/);
  expect(document.querySelector<HTMLInputElement>("#q")!.value).toBe("окно");
});

test("the row that has the focus keeps it", async () => {
  open(row(1));
  list().querySelector("a")!.focus();
  stream.says("changed");
  await settled();
  expect(document.activeElement?.getAttribute("href")).toBe("/r/1");
});

test("nothing is replaced under somebody who types there", async () => {
  open('<input id="inside">');
  document.getElementById("inside")!.focus();
  stream.says("changed");
  await settled();
  expect(document.getElementById("inside")).not.toBeNull();
});

test("what was typed is kept, also when the focus is elsewhere", async () => {
  open('<textarea id="inside"></textarea>');
  document.querySelector<HTMLTextAreaElement>("#inside")!.value = "Починили";
  stream.says("changed");
  await settled();
  expect(document.querySelector<HTMLTextAreaElement>("#inside")!.value).toBe("Починили");
});

test("what is said to be wrong in a field stays until it is sent again", async () => {
  open('<textarea id="inside" aria-invalid="true"> </textarea>');
  stream.says("changed");
  await settled();
  expect(document.getElementById("inside")).not.toBeNull();
});

test("an answer about an address of before is not put in; the page asks again", async () => {
  open(row(1));
  const before = window.location.href;
  answer = () => {
    if (asked === 1) window.history.replaceState(null, "", "/admin/responses?card=2");
    return new Response(page(asked === 1 ? row(9) : row(2) + row(1)));
  };
  stream.says("changed");
  await settled();
  window.history.replaceState(null, "", before);
  expect([asked, list().querySelectorAll("a").length]).toEqual([2, 2]);
});

test("a page that is the same says nothing", async () => {
  open(row(2) + row(1));
  stream.says("open");
  stream.says("changed");
  await settled();
  expect(mark().textContent).toBe("обновляется сама");
});

test("a failed or foreign answer leaves what stands there", async () => {
  for (const bad of [() => new Response("", { status: 503 }), () => { throw new TypeError("no network"); }]) {
    answer = bad;
    open(row(1));
    stream.says("changed");
    await settled();
    expect(list().innerHTML).toBe(row(1));
  }
  // Once there is a connection again, the page asks again.
  answer = () => new Response(page(row(2) + row(1)));
  stream.says("open");
  await settled();
  expect(list().querySelectorAll("a").length).toBe(2);
});

test("a page in the background asks when it is looked at", async () => {
  open(row(1));
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  stream.says("changed");
  await settled();
  expect(asked).toBe(0);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  await settled();
  expect([asked, list().querySelectorAll("a").length]).toEqual([1, 2]);
});

test("after signing out the stream is closed and the page says so", () => {
  open(row(1));
  stream.says("error");
  expect(mark().textContent).toBe("нет связи");
  stream.says("ended");
  expect([stream.closed, mark().textContent]).toEqual([true, "вы вышли"]);
});
