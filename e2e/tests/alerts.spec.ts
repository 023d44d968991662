import type { Page } from "@playwright/test";

import type { Otklik, Role } from "../support/otklik.js";
import { be, expect, lookOver, test } from "../support/test.js";

const rules = (otklik: Otklik) =>
  `${otklik.demo.admin_url}bodies/${otklik.account("responsible_employee").body_id}/alerts`;

const wrong = async (page: Page) => {
  await page.getByLabel("Сколько отрицательных откликов за час считать тревогой").fill("много");
  await page.getByLabel("Кому ещё писать о тревоге").fill("nachalnik@@nalog.example");
  await page.getByLabel("В котором часу присылать сводку за вчера").fill("25");
  await page.getByRole("button", { name: "Сохранить" }).click();
  await expect(page.getByRole("alert")).toContainText("Введите час от 0 до 23.");
};

/** The pages of this feature: name, who opens it, how, the status of the answer. */
const PAGES: [string, Role, (page: Page, otklik: Otklik) => Promise<unknown>, number?][] = [
  ["rules", "responsible_employee", (page, otklik) => page.goto(rules(otklik))],
  [
    "rules-with-mistakes",
    "responsible_employee",
    async (page, otklik) => {
      await page.goto(rules(otklik));
      await wrong(page);
    },
    422,
  ],
];

lookOver("qr5 page", "alerts", PAGES.map(([name, as, open, status]) => ({ name, as, open, status })));

test("qr5 rules of alerts are set, hold and are given up", async ({ page, otklik }) => {
  await be(page, otklik, otklik.account("responsible_employee"));
  await page.goto(rules(otklik).replace("/alerts", ""));
  await page.getByRole("main").getByRole("button", { name: "Правила оповещений" }).or(page.getByRole("link", { name: "Правила оповещений" })).first().click();
  await page.getByLabel("Писем об одном органе за десять минут, не больше").fill("5");
  await page.getByLabel("Сколько отрицательных откликов за час считать тревогой").fill("3");
  await page.getByLabel("На какие слова обращать внимание").fill("Очеред, приём");
  await page.getByLabel("Кому ещё писать, если слово встретилось").fill("zal@nalog.example");
  await page.getByLabel("В котором часу присылать сводку за вчера").fill("9");
  await page.getByRole("button", { name: "Сохранить" }).click();
  await expect(page.getByRole("status")).toContainText("Правила оповещений сохранены.");
  await expect(page.getByLabel("На какие слова обращать внимание")).toHaveValue("очеред, прием");
  await expect(page.getByRole("main")).toContainText("Это собственные правила органа.");
  await page.getByRole("button", { name: "Удалить собственные правила" }).click();
  await expect(page.getByRole("status")).toContainText("Собственные правила удалены.");
  await expect(page.getByLabel("Писем об одном органе за десять минут, не больше")).toHaveValue("20");
});

test("qr5 what was typed stays when something is wrong", async ({ page, otklik }) => {
  await be(page, otklik, otklik.account("responsible_employee"));
  await page.goto(rules(otklik));
  await wrong(page);
  await expect(page.getByRole("alert").getByRole("link")).toHaveCount(3);
  await expect(page.getByLabel("Кому ещё писать о тревоге")).toHaveValue("nachalnik@@nalog.example");
  await expect(page.getByLabel("Сколько отрицательных откликов за час считать тревогой")).toHaveAttribute("aria-invalid", "true");
});
