import type { Page } from "@playwright/test";

import type { Otklik, Role } from "../support/otklik.js";
import { be, expect, lookOver, test } from "../support/test.js";

/** A red rectangle: PNG of 2 × 2 pixels. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACAQMAAABIeJ9nAAAAA1BMVEX/AAAZ4gk3AAAADElEQVQI12NgYGAAAAAEAAEnNCcKAAAAAElFTkSuQmCC",
  "base64",
);

const office = (otklik: Otklik, rest = "") =>
  `${otklik.demo.admin_url}bodies/${otklik.account("responsible_employee").body_id}${rest}`;

/** The pages of this feature: name, who opens it, how, the status of the answer. */
const PAGES: [string, Role, (page: Page, otklik: Otklik) => Promise<unknown>, number?][] = [
  ["materials-made", "responsible_employee", (page, otklik) => page.goto(office(otklik, "/materials?code=1"))],
  ["poster-text", "administrator", (page, otklik) => page.goto(office(otklik, "/poster"))],
  [
    "poster-text-with-mistakes",
    "administrator",
    async (page, otklik) => {
      await page.goto(office(otklik, "/poster"));
      await page.getByLabel("Заголовок").fill("");
      await page.getByRole("button", { name: "Сохранить" }).click();
      await expect(page.getByRole("main")).toContainText("Введите заголовок.");
    },
    422,
  ],
  ["placements", "responsible_employee", (page, otklik) => page.goto(office(otklik, "/placements"))],
  ["placements-of-observer", "deputy_head", (page, otklik) => page.goto(office(otklik, "/placements"))],
  ["placement-new", "responsible_employee", (page, otklik) => page.goto(office(otklik, "/placements/new"))],
  [
    "placement-new-with-mistakes",
    "responsible_employee",
    async (page, otklik) => {
      await page.goto(office(otklik, "/placements/new"));
      await page.getByLabel("Перекидная система").check();
      await page.getByRole("button", { name: "Записать" }).click();
      await expect(page.getByRole("main")).toContainText("нельзя размещать в перекидной системе");
    },
    422,
  ],
  [
    "placement",
    "responsible_employee",
    async (page, otklik) => {
      await page.goto(office(otklik, "/placements"));
      await page.getByRole("row", { name: /есть/ }).getByRole("link").first().click();
      await expect(page.getByRole("img", { name: /Снимок/ })).toBeVisible();
    },
  ],
  ["offices", "administrator", (page, otklik) => page.goto(`${otklik.demo.admin_url}placements`)],
  ["offices-with-gaps", "administrator", (page, otklik) => page.goto(`${otklik.demo.admin_url}placements?gap=any&sort=-posters`)],
  ["offices-none", "administrator", (page, otklik) => page.goto(`${otklik.demo.admin_url}placements?q=zzzz`)],
];

lookOver("qr11 page", "materials", PAGES.map(([name, as, open, status]) => ({ name, as, open, status })));

test("qr9 the link is copied with the button, and without scripts it stands in a field", async ({ page, otklik, browser }) => {
  await be(page, otklik, otklik.account("responsible_employee"));
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(office(otklik, "/materials"));
  const link = await page.getByLabel("Ссылка на инспекцию").inputValue();
  await page.getByRole("button", { name: "Скопировать" }).click();
  await expect(page.getByText("Ссылка скопирована")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);

  const plain = await browser.newContext({ javaScriptEnabled: false });
  await plain.addCookies(await page.context().cookies());
  const without = await plain.newPage();
  await without.goto(office(otklik, "/materials"));
  await expect(without.getByLabel("Ссылка на инспекцию")).toHaveValue(link);
  await expect(without.getByRole("button", { name: "Скопировать" })).toBeHidden();
  await plain.close();
});

test("qr10 the text of the poster: preview, saving, giving it up", async ({ page, otklik }) => {
  await be(page, otklik, otklik.account("administrator"));
  await page.goto(office(otklik, "/poster"));
  await expect(page.getByRole("main")).toContainText("Задан вышестоящим органом: ФНС России");
  const first = await page.getByRole("img").getAttribute("src");
  await page.getByLabel("Заголовок").fill("Как вас обслужили сегодня");
  await page.getByRole("button", { name: "Предпросмотр" }).click();
  await expect(page.getByRole("main")).toContainText("Текст ещё не сохранён");
  expect(await page.getByRole("img").getAttribute("src")).not.toBe(first);
  const drawn = await page.getByRole("img").evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0);
  expect(drawn, "the preview is an image that the browser can show").toBe(true);
  await page.getByRole("button", { name: "Сохранить" }).click();
  await expect(page.getByRole("status")).toContainText("Текст плаката сохранён.");
  await expect(page.getByRole("main")).toContainText("Собственный текст этого органа");
  await page.getByRole("button", { name: "Удалить собственный текст" }).click();
  await expect(page.getByLabel("Заголовок")).toHaveValue(/налоговом органе/);
});

test("qr11 a poster is placed with a photo, refused on a flip-stand, taken down", async ({ page, otklik }) => {
  await be(page, otklik, otklik.account("responsible_employee"));
  await page.goto(office(otklik, "/placements"));
  await page.getByRole("main").getByRole("button", { name: "Записать размещение" }).click();
  await page.getByLabel("Другое место").check();
  await page.getByLabel("Где именно").fill("зал № 5, у колонны");
  await page.getByLabel("Перекидная система").check();
  await page.getByRole("button", { name: "Записать" }).click();
  await expect(page.getByRole("alert")).toContainText("пункт 3.10");
  await expect(page.getByLabel("Где именно")).toHaveValue("зал № 5, у колонны");
  await page.getByLabel("Плоский карман").check();
  await page.getByLabel("Фотография").setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: PICTURE });
  await page.getByRole("button", { name: "Записать" }).click();
  await expect(page.getByRole("status")).toContainText("Размещение записано.");
  await page.getByRole("row", { name: /колонны/ }).getByRole("link").click();
  const photo = page.getByRole("img", { name: /Снимок/ });
  await expect(photo).toBeVisible();
  await expect.poll(() => photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(2);
  await page.getByLabel("Почему снят").fill("колонну красят");
  await page.getByRole("button", { name: "Плакат снят" }).click();
  await expect(page.getByRole("row", { name: /колонны/ })).toContainText("колонну красят");
});
