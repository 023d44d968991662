import { beforeEach, expect, test } from "vitest";

import { installCopy } from "./copy";

beforeEach(() => {
  document.body.innerHTML =
    '<div class="field"><input id="link" value="https://a.example/qr/7701/" readonly>' +
    '<button type="button" data-copy="link" data-done="Скопировано" data-failed="Выделено" hidden>Скопировать</button>' +
    '<p data-copy-said></p></div>';
});

const button = () => document.querySelector("button")!;
const said = () => document.querySelector("p")!.textContent;
const settled = () => new Promise((done) => setTimeout(done));

test("the button appears, copies the field and says so", async () => {
  const copied: string[] = [];
  installCopy(document, { writeText: async (text) => void copied.push(text) });
  expect(button().hidden).toBe(false);
  button().click();
  await settled();
  expect(copied).toEqual(["https://a.example/qr/7701/"]);
  expect(said()).toBe("Скопировано");
});

test("without a clipboard, or with a forbidden one, the field is selected and the words say what to do", async () => {
  for (const clipboard of [undefined, { writeText: () => Promise.reject(new Error("forbidden")) }]) {
    installCopy(document, clipboard);
    button().click();
    await settled();
    const field = document.querySelector("input")!;
    expect([field.selectionStart, field.selectionEnd]).toEqual([0, field.value.length]);
    expect(said()).toBe("Выделено");
  }
});
