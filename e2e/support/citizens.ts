import { expect, type Page } from "@playwright/test";

import type { Otklik } from "./otklik.js";
import type { Looked } from "./test.js";

/** A page for citizens. */
export interface CitizensPage extends Looked {
  status: number;
  /** How many bytes of what was typed the page shows again; none where nothing is said. */
  typed?: number;
}

const at = (path: string) => (page: Page, otklik: Otklik) => page.goto(otklik.demo.public_url + path);

const questionnaire = (page: Page, otklik: Otklik) =>
  at(`/qr/${otklik.account("responsible_employee").body}/`)(page, otklik);

const send = (page: Page) => page.getByRole("button", { name: "Отправить" }).click();

/** Opens a questionnaire, marks one criterion and sends it. */
async function answer(page: Page, otklik: Otklik): Promise<void> {
  await questionnaire(page, otklik);
  await page.getByRole("group").first().getByText("Хорошо").click();
  await send(page);
  await expect(page.getByRole("link", { name: "Посмотреть, что сделано" })).toBeVisible();
}

/** Every page for citizens, those about mistakes too. */
export const CITIZENS: CitizensPage[] = [
  { name: "questionnaire", status: 200, open: questionnaire },
  {
    name: "questionnaire-with-nothing",
    status: 422,
    open: async (page, otklik) => {
      await questionnaire(page, otklik);
      await send(page);
      await expect(page.getByRole("alert")).toContainText("Ответ пока не отправлен");
    },
  },
  {
    name: "questionnaire-with-too-long-text",
    status: 422,
    typed: 4001,
    open: async (page, otklik) => {
      await questionnaire(page, otklik);
      await page.getByLabel("Отзыв, комментарий или предложение").fill("a".repeat(4001));
      await send(page);
      await expect(page.getByRole("alert")).toContainText("Сократите текст");
    },
  },
  {
    name: "questionnaire-of-high-contrast",
    status: 422,
    open: async (page, otklik) => {
      await questionnaire(page, otklik);
      await page.getByLabel("Высокий контраст").check();
      await send(page);
      await expect(page.getByLabel("Высокий контраст")).toBeChecked();
    },
  },
  {
    name: "questionnaire-that-is-stale",
    status: 422,
    open: async (page, otklik) => {
      await questionnaire(page, otklik);
      await page.locator("[name=token]").evaluate((field: HTMLInputElement) => (field.value = "forged"));
      await page.getByRole("group").first().getByText("Плохо").click();
      await send(page);
      await expect(page.getByRole("alert")).toContainText("Страница устарела");
    },
  },
  { name: "thanks", status: 200, open: answer },
  {
    name: "receipt",
    status: 200,
    open: async (page, otklik) => {
      await answer(page, otklik);
      await page.getByRole("link", { name: "Посмотреть, что сделано" }).click();
      await expect(page.getByText("Получен", { exact: true })).toBeVisible();
    },
  },
  { name: "receipt-asked-for", status: 200, open: at("/r/") },
  { name: "receipt-unknown", status: 404, open: at("/r/0000-0000-0000-0000") },
  { name: "office-unknown", status: 404, open: at("/qr/no-such-office/") },
  {
    name: "office-closed",
    status: 410,
    open: (page, otklik) => at(`/qr/${otklik.demo.closed_code}/`)(page, otklik),
  },
  { name: "page-unknown", status: 404, open: at("/no/such/page") },
];
