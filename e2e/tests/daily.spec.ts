import type { Page } from "@playwright/test";

import type { Otklik } from "../support/otklik.js";
import { be, expect, type Looked, lookOver, test } from "../support/test.js";

const at =
  (path: string) =>
  (page: Page, otklik: Otklik): Promise<unknown> =>
    page.goto(`${otklik.demo.admin_url}${path}`);

const PAGES: Looked[] = [
  { name: "today", as: "deputy_head", open: at("") },
  { name: "today-above", as: "quality_group", open: at("") },
  { name: "gaps", as: "quality_group", open: at("daily") },
  { name: "all", as: "administrator", open: at("daily?show=all") },
  { name: "observer", as: "mer_observer", open: at("daily?body=2700") },
  { name: "none", as: "quality_group", open: at("daily?body=zzzz") },
];

lookOver("daily", "daily", PAGES);

/** QR-12: one press marks a day, on either page; undo takes it back; those above see who has not looked. */
test("an official looks a day through in one press and may take it back", async ({ page, browser, otklik }) => {
  await be(page, otklik, otklik.account("deputy_head"));
  await page.goto(otklik.demo.admin_url);
  const waiting = page.getByRole("region", { name: "Вы не просмотрели" });
  const line = waiting.locator(".day").last();
  const title = (await line.getByRole("link").innerText()).trim();
  const day = title.slice(0, 5);
  const press = waiting.getByRole("button", { name: `Просмотрено всё за день: ${title}` });

  const context = await browser.newContext({ locale: "ru-RU" });
  const above = await context.newPage();
  await be(above, otklik, otklik.account("quality_group"));
  const late = async (): Promise<string> => {
    await above.goto(`${otklik.demo.admin_url}daily?show=all&body=2724`);
    const told = await above.locator("tbody td").first().innerText();
    return told.split(/[;\n]/).find((one) => one.includes("Заместитель начальника инспекции")) ?? "";
  };
  expect(await late()).toContain(day);

  await press.click();
  const marked = page.getByRole("status", { name: "Отмечено" });
  await expect(marked).toContainText(title);
  await expect(press).toHaveCount(0);
  expect(await late()).not.toContain(day);

  await marked.getByRole("button", { name: "Отменить" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Отметка снята" })).toBeVisible();
  await expect(press).toBeVisible();
  expect(await late()).toContain(day);

  await line.getByRole("link").click();
  await expect(page).toHaveURL(/responses\?body=2724&from=\S+&to=/);
  await page.getByRole("button", { name: "Просмотрено всё за день" }).click();
  await expect(page.getByRole("main")).toContainText("Вы всё просмотрели");
  expect(await late()).not.toContain(day);
  await context.close();
});

/** The numbers of «Сегодня» lead to the lists that mend what they count. */
test("each number of the first page leads to its list", async ({ page, otklik }) => {
  await be(page, otklik, otklik.account("administrator"));
  for (const [words, address] of [
    ["без обязательных получателей", /\/admin\/recipients$/],
    ["меньше двух плакатов", /\/admin\/placements\?gap=below$/],
    ["пустует предписанное место", /\/admin\/placements\?gap=place$/],
    ["не всеми", /\/admin\/daily$/],
  ] as const) {
    await page.goto(otklik.demo.admin_url);
    const tile = page.getByRole("list", { name: "Что требует внимания" }).getByRole("link").filter({ hasText: words });
    const number = Number((await tile.locator("strong").innerText()).replace(/\s/g, ""));
    expect(number, words).toBeGreaterThan(0);
    await tile.click();
    await expect(page).toHaveURL(address);
    await expect(page.getByRole("main").locator("tbody tr").first()).toBeVisible();
  }
});
