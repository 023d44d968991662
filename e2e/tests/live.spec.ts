import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { Browser } from "@playwright/test";

import { Otklik } from "../support/otklik.js";
import { expect, signIn, test, watch } from "../support/test.js";

const run = promisify(execFile);

/** QR-4: open lists and charts change by themselves, on the node that accepted the response or on another one. */
async function changesByItself(browser: Browser, otklik: Otklik, adminUrl: string): Promise<void> {
  const officer = otklik.account("responsible_employee");
  const desk = await browser.newContext();
  const list = await desk.newPage();
  const today = await desk.newPage();
  const analysis = await desk.newPage();
  const watched = [list, today, analysis].map(watch);
  await signIn(list, otklik, officer, adminUrl);
  await list.goto(`${adminUrl}responses`);
  await today.goto(adminUrl);
  await analysis.goto(`${adminUrl}analysis`);
  for (const page of [list, today, analysis]) {
    await expect(page.locator("[data-live-mark]")).toHaveText("Страница обновляется сама");
    await page.evaluate(() => document.body.setAttribute("data-same", "yes"));
  }
  const number = async () => (await analysis.locator("#analysis").innerText()).replaceAll(/\s+/g, " ");
  const before = await number();

  const comment = `Окно закрыли за час до конца приёма, ${crypto.randomUUID().slice(0, 8)}`;
  const phone = await browser.newContext({ javaScriptEnabled: false });
  const citizen = await phone.newPage();
  await citizen.goto(`${otklik.demo.public_url}/qr/${officer.body}/`);
  await citizen.getByRole("group").first().getByText("Плохо").click();
  await citizen.getByLabel("Отзыв, комментарий или предложение").fill(comment);
  await citizen.getByRole("button", { name: "Отправить" }).click();
  await expect(citizen.getByRole("link", { name: "Посмотреть, что сделано" })).toBeVisible();

  await list.bringToFront();
  await expect(list.getByRole("cell", { name: comment })).toBeVisible({ timeout: 20_000 });
  await expect(list.locator("[data-live-mark]")).toHaveText(/^Обновилось в \d\d:\d\d:\d\d$/);
  await today.bringToFront();
  await expect(today.getByRole("cell", { name: comment })).toBeVisible({ timeout: 20_000 });
  await analysis.bringToFront();
  await expect.poll(number, { timeout: 20_000 }).not.toBe(before);
  for (const page of [list, today, analysis]) {
    expect(await page.locator("body").getAttribute("data-same"), "the page was not loaded anew").toBe("yes");
  }

  // Signed out in one page, the others hear it from their streams, which end.
  await list.getByText(/^Меню/).or(list.locator("details.person summary")).first().click();
  await list.getByRole("button", { name: "Выйти" }).click();
  for (const page of [today, analysis]) {
    await page.bringToFront();
    await expect(page.locator("[data-live-mark]")).toHaveText(/Вы вышли из системы/, { timeout: 20_000 });
  }
  expect(watched.flatMap((one) => one.complaints)).toEqual([]);
  await desk.close();
  await phone.close();
}

test("pages change by themselves on one machine", async ({ browser, otklik }) => {
  test.setTimeout(240_000);
  await changesByItself(browser, otklik, otklik.demo.admin_url);
});

test("pages change by themselves on another node over PostgreSQL", async ({ browser }) => {
  test.setTimeout(240_000);
  const server = process.env["OTKLIK_TEST_POSTGRES"];
  if (server === undefined) throw new Error("OTKLIK_TEST_POSTGRES names no server: run `cargo xtask e2e`");
  const name = `e2e_${crypto.randomUUID().replaceAll("-", "")}`;
  await run("psql", [server, "-c", `CREATE DATABASE ${name}`]);
  const database = server.replace(/\/postgres$/, `/${name}`);
  const otklik = await Otklik.start({ database });
  try {
    const node = await otklik.another(database);
    try {
      await changesByItself(browser, otklik, node.adminUrl);
    } finally {
      await node.stop();
    }
  } finally {
    await otklik.stop();
  }
});
