import type { Page } from "@playwright/test";

import type { Otklik } from "../support/otklik.js";
import { axe, be, expect, fitsWidth, test, watch } from "../support/test.js";

const DESK = { width: 1280, height: 900 };

const list = (otklik: Otklik, query = "") => `${otklik.demo.admin_url}responses${query}`;
const card = (page: Page) => page.getByRole("region", { name: /^Отклик от/ });
const rows = (page: Page) => page.locator("table[data-rows] tbody tr");
/** The link of a row that a wide screen shows. */
const link = (page: Page, row: number) => rows(page).nth(row).locator("a[data-open]");

/** A citizen answers about an office with a sad face. */
async function answer(page: Page, otklik: Otklik, body: string, comment: string): Promise<void> {
  await page.goto(`${otklik.demo.public_url}/qr/${body}/`);
  await page.getByRole("group").first().getByText("Плохо").click();
  await page.getByLabel("Отзыв, комментарий или предложение").fill(comment);
  await page.getByRole("button", { name: "Отправить" }).click();
  await expect(page.getByRole("link", { name: "Посмотреть, что сделано" })).toBeVisible();
}

test("a card is chosen, read and left with the keyboard, and its address is kept", async ({ page, otklik }) => {
  const watched = watch(page);
  await page.setViewportSize(DESK);
  await be(page, otklik, otklik.account("quality_group"));
  await page.goto(list(otklik, "?negative=1"));
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(link(page, 1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(card(page)).toBeVisible();
  await expect(page).toHaveURL(/\?negative=1&card=\d+$/);
  await expect(page).toHaveTitle(/^Отклик от .* · Отклики/);
  await expect(link(page, 1)).toBeFocused();
  await expect(link(page, 1)).toHaveAttribute("aria-current", "true");
  await expect(page.locator("[data-said]")).toContainText("Отклик открыт рядом");

  // Another row takes its place; Enter again leads into the card, Escape back to its row.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(link(page, 2)).toHaveAttribute("aria-current", "true");
  await expect(page.locator("[aria-current=true][data-open]")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(card(page).getByRole("heading", { level: 2 }).first()).toBeFocused();
  const shared = page.url();
  await page.keyboard.press("Escape");
  await expect(card(page)).toHaveCount(0);
  await expect(link(page, 2)).toBeFocused();
  await expect(page).toHaveURL(/responses\?negative=1$/);

  // The address that was kept shows both, also from the start; the browser's way back closes and opens.
  await page.goto(shared);
  await expect(card(page)).toBeVisible();
  await page.reload();
  await expect(link(page, 2)).toHaveAttribute("aria-current", "true");
  await page.goto(list(otklik, "?negative=1"));
  await link(page, 0).click();
  await expect(card(page)).toBeVisible();
  await page.goBack();
  await expect(card(page)).toHaveCount(0);
  await page.goForward();
  await expect(card(page)).toBeVisible();
  await card(page).getByRole("button", { name: "Закрыть" }).click();
  await expect(card(page)).toHaveCount(0);

  // Somebody of another region gets the list of their own and no word of the card.
  const text = await page.goto(shared).then(() => card(page).innerText());
  const [, neighbour] = otklik.accounts("responsible_employee", 2);
  if (neighbour === undefined) throw new Error("two officers are needed");
  await page.context().clearCookies();
  await be(page, otklik, neighbour);
  await page.goto(shared);
  await expect(page.getByRole("alert")).toContainText("нет среди ваших");
  await expect(card(page)).toHaveCount(0);
  await expect(page.locator("body")).not.toContainText(/Отклик от/);
  expect(text.length).toBeGreaterThan(50);
  expect(watched.complaints).toEqual([]);
});

test("the list and the card beside it are sound on a wide screen, at any zoom, and on a phone", async ({ page, otklik }) => {
  test.slow();
  await page.setViewportSize(DESK);
  await be(page, otklik, otklik.account("quality_group"));
  await page.goto(list(otklik, "?negative=1"));
  await link(page, 0).click();
  await expect(card(page)).toBeVisible();
  await fitsWidth(page);
  const [beside, table] = [await card(page).boundingBox(), await page.getByRole("table").boundingBox()];
  if (!beside || !table) throw new Error("both are shown");
  expect(beside.x).toBeGreaterThanOrEqual(table.x + table.width);
  await axe(page, DESK);
  const shared = page.url();

  // Twice as large on the same screen, and a phone: a row leads to the card's own page; an address of both shows it.
  for (const size of [{ width: 640, height: 450 }, { width: 360, height: 740 }]) {
    await page.setViewportSize(size);
    await page.goto(list(otklik, "?negative=1"));
    await expect(link(page, 0)).toBeHidden();
    await rows(page).first().getByRole("link").click();
    await expect(page).toHaveURL(/\/admin\/responses\/\d+$/);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Отклик от");
    await fitsWidth(page);
    await page.goto(shared);
    await expect(card(page)).toBeVisible();
    await expect(page.getByRole("table")).toBeHidden();
    await fitsWidth(page);
    await card(page).getByRole("button", { name: "Закрыть" }).click();
    await expect(page.getByRole("table")).toBeVisible();
  }
});

test("looked through and what was done, from the card beside, stand in the list's row at once", async ({ page, otklik }) => {
  await page.setViewportSize(DESK);
  const officer = otklik.account("responsible_employee");
  const comment = `Терминал не печатает талоны, ${crypto.randomUUID().slice(0, 8)}`;
  await answer(page, otklik, officer.body, comment);
  await be(page, otklik, officer);
  await page.goto(list(otklik, `?q=${encodeURIComponent(comment.slice(-8))}`));
  await expect(async () => {
    await page.reload();
    await expect(rows(page)).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await page.evaluate(() => document.body.setAttribute("data-same", "yes"));
  await link(page, 0).click();
  await expect(rows(page).first()).toContainText("Не просмотрен");
  await card(page).getByRole("button", { name: "Отметить просмотренным" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Отклик отмечен просмотренным." })).toBeVisible();
  await expect(rows(page).first()).not.toContainText("Не просмотрен");
  await expect(card(page).getByRole("heading", { level: 2 }).first()).toBeFocused();

  // What is wrong is said beside the field, what was typed stays.
  const field = card(page).getByLabel("Что сделано");
  await field.fill(" ");
  await card(page).getByRole("button", { name: "Сохранить" }).click();
  await expect(card(page).getByRole("alert")).toBeFocused();
  await expect(card(page).getByRole("alert")).toContainText("Напишите, что сделано.");
  // A text that is not saved comes back with its card.
  await field.fill("Терминал починен");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(card(page)).toHaveCount(0);
  await link(page, 0).click();
  await expect(field).toHaveValue("Терминал починен");
  await card(page).getByRole("button", { name: "Сохранить" }).click();
  await expect(rows(page).first()).toContainText("Есть ответ");
  await expect(card(page).getByRole("blockquote").last()).toHaveText("Терминал починен");
  await expect(page).toHaveURL(/card=\d+$/);
  expect(await page.locator("body").getAttribute("data-same"), "the page was not loaded anew").toBe("yes");
});

test("what comes meanwhile changes the list and leaves the open card, what is typed and the focus", async ({ page, otklik, browser }) => {
  test.slow();
  await page.setViewportSize(DESK);
  const officer = otklik.account("responsible_employee");
  await be(page, otklik, officer);
  await page.goto(list(otklik));
  await expect(page.locator("[data-live-mark]")).toHaveText("Страница обновляется сама");
  await link(page, 3).click();
  await expect(card(page)).toBeVisible();
  const [title, address] = [await card(page).getByRole("heading", { level: 2 }).first().innerText(), page.url()];
  await card(page).getByRole("textbox").fill("Начатый ответ");
  await link(page, 3).focus();

  const phone = await browser.newContext();
  const citizen = await phone.newPage();
  const comment = `Окно закрыто с обеда, ${crypto.randomUUID().slice(0, 8)}`;
  await answer(citizen, otklik, officer.body, comment);
  await phone.close();
  await page.bringToFront();
  await expect(rows(page).first()).toContainText(comment, { timeout: 20_000 });
  await expect(card(page).getByRole("heading", { level: 2 }).first()).toHaveText(title);
  await expect(card(page).getByRole("textbox")).toHaveValue("Начатый ответ");
  await expect(link(page, 4)).toBeFocused();
  await expect(link(page, 4)).toHaveAttribute("aria-current", "true");
  expect(page.url()).toBe(address);

  // Without anything typed the card shows what a colleague did with it.
  await card(page).getByRole("textbox").fill("");
  await link(page, 0).click();
  await expect(card(page)).toContainText(comment);
  const other = await browser.newContext();
  const colleague = await other.newPage();
  await be(colleague, otklik, otklik.account("quality_group"));
  const id = new URL(page.url()).searchParams.get("card");
  await colleague.goto(`${list(otklik)}/${id}`);
  await colleague.getByRole("button", { name: "Отметить просмотренным" }).click();
  await other.close();
  await page.bringToFront();
  await expect(card(page)).toContainText(/Просмотрен: /, { timeout: 20_000 });
  await expect(rows(page).first()).not.toContainText("Не просмотрен");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the list and the card are one page of the server; on a phone the card has its own", async ({ page, otklik }) => {
    const officer = otklik.account("responsible_employee");
    await answer(page, otklik, officer.body, "Долго ждали у окна");
    await page.setViewportSize(DESK);
    await be(page, otklik, officer);
    await page.goto(list(otklik, "?not_looked=1"));
    await link(page, 0).click();
    await expect(card(page)).toBeVisible();
    await expect(rows(page).first()).toBeVisible();
    await expect(page).toHaveURL(/\?not_looked=1&card=\d+$/);

    await card(page).getByLabel("Что сделано").fill(" ");
    await card(page).getByRole("button", { name: "Сохранить" }).click();
    await expect(card(page).getByRole("alert")).toContainText("Напишите, что сделано.");
    await expect(rows(page).first()).toBeVisible();
    const before = await rows(page).count();
    await card(page).getByRole("button", { name: "Отметить просмотренным" }).click();
    await expect(page.getByRole("status").filter({ hasText: "Отклик отмечен просмотренным." })).toBeVisible();
    await expect(card(page)).toContainText("Просмотрен: ");
    await expect(page).toHaveURL(/\?not_looked=1&card=\d+&done=looked$/);
    expect(before - (await rows(page).count()), "it waits no longer").toBe(before === 50 ? 0 : 1);
    const next = card(page).getByRole("button", { name: "Следующий непросмотренный" });
    await next.click();
    await expect(page).toHaveURL(/\?not_looked=1&card=\d+$/);
    await card(page).getByRole("button", { name: "Закрыть" }).click();
    await expect(page).toHaveURL(/\?not_looked=1$/);
    await expect(card(page)).toHaveCount(0);

    await page.setViewportSize({ width: 360, height: 740 });
    await rows(page).first().getByRole("link").click();
    await expect(page).toHaveURL(/\/admin\/responses\/\d+$/);
  });
});
