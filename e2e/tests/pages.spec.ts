import type { Page, TestInfo } from "@playwright/test";

import type { HtmlChecker } from "../support/checker.js";
import type { Otklik, Role } from "../support/otklik.js";
import { axe, expect, fitsWidth, shown, signIn, test, watch, type Watched } from "../support/test.js";

/** The most a page for citizens may weigh, in bytes. */
const PUBLIC_BYTES = 8192;

/** A page for citizens: how to get there, and what its answer's status is. */
interface PublicPage {
  name: string;
  status: number;
  open: (page: Page, otklik: Otklik) => Promise<unknown>;
}

/** A page of the admin zone: who opens it, and how. */
interface AdminPage {
  name: string;
  role: Role;
  open: (page: Page, otklik: Otklik) => Promise<unknown>;
}

const questionnaire = (otklik: Otklik) =>
  `${otklik.demo.public_url}/qr/${otklik.account("responsible_employee").body.code}/`;

const send = (page: Page) => page.getByRole("button", { name: "Отправить" }).click();

/** Opens a questionnaire, marks one criterion and sends it. */
async function answer(page: Page, otklik: Otklik): Promise<void> {
  await page.goto(questionnaire(otklik));
  await page.getByRole("group").first().getByText("Хорошо").click();
  await send(page);
  await expect(page.getByRole("link", { name: "Посмотреть, что сделано" })).toBeVisible();
}

const PUBLIC: PublicPage[] = [
  { name: "questionnaire", status: 200, open: (page, otklik) => page.goto(questionnaire(otklik)) },
  {
    name: "questionnaire-with-mistakes",
    status: 422,
    open: async (page, otklik) => {
      await page.goto(questionnaire(otklik));
      await send(page);
      await expect(page.getByRole("alert")).toContainText("Ответ пока не отправлен");
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
  {
    name: "receipt-unknown",
    status: 404,
    open: (page, otklik) => page.goto(`${otklik.demo.public_url}/r/0000-0000-0000-0000`),
  },
  {
    name: "office-unknown",
    status: 404,
    open: (page, otklik) => page.goto(`${otklik.demo.public_url}/qr/no-such-office/`),
  },
  {
    name: "office-closed",
    status: 410,
    open: (page, otklik) => page.goto(`${otklik.demo.public_url}/qr/${otklik.demo.closed_code}/`),
  },
];

const admin = (path: string) => (page: Page, otklik: Otklik) => page.goto(`${otklik.demo.admin_url}/admin/${path}`);

/** A page of the officer's own office. */
const ofOffice = (rest: string) => (page: Page, otklik: Otklik) =>
  admin(`bodies/${otklik.account("responsible_employee").body.id}${rest}`)(page, otklik);

/** The first entry of a list. */
const firstOf = (list: string) => async (page: Page, otklik: Otklik) => {
  await admin(list)(page, otklik);
  const entry = page.getByRole("main").locator(`tbody a[href*="/admin/${list}/"]`).first();
  await entry.click();
  await expect(page).toHaveURL(new RegExp(`/admin/${list}/[^/?]+`));
};

const ADMIN: AdminPage[] = [
  { name: "today", role: "responsible_employee", open: admin("") },
  { name: "responses", role: "responsible_employee", open: admin("responses") },
  { name: "response", role: "responsible_employee", open: firstOf("responses") },
  { name: "bodies", role: "administrator", open: admin("bodies") },
  { name: "body", role: "administrator", open: ofOffice("") },
  { name: "body-new", role: "administrator", open: admin("bodies/new") },
  { name: "bodies-import", role: "administrator", open: admin("bodies/import") },
  { name: "recipients", role: "responsible_employee", open: ofOffice("/recipients") },
  { name: "materials", role: "responsible_employee", open: ofOffice("/materials") },
  { name: "people", role: "administrator", open: admin("people") },
  { name: "person", role: "administrator", open: firstOf("people") },
  { name: "account", role: "responsible_employee", open: admin("account") },
  { name: "journal", role: "administrator", open: admin("journal") },
  { name: "outbox", role: "technical_operator", open: admin("outbox") },
];

/** What holds for every page. */
async function sound(page: Page, watched: Watched, checker: HtmlChecker): Promise<void> {
  await axe(page);
  expect(await checker.errors(await shown(watched).text()), "errors found by the HTML checker").toEqual([]);
  expect(watched.complaints, "complaints of the browser").toEqual([]);
}

/** Pictures for the eye at a phone's and a desk's width. */
async function pictures(page: Page, info: TestInfo, name: string): Promise<void> {
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: width === 360 ? 740 : 900 });
    const path = `${info.project.outputDir}/pages/${name}-${width}.png`;
    await page.screenshot({ path, fullPage: true });
  }
}

for (const { name, status, open } of PUBLIC) {
  test(`public page: ${name}`, async ({ page, otklik, checker }, info) => {
    const watched = watch(page);
    await page.setViewportSize({ width: 320, height: 640 });
    await open(page, otklik);
    expect(shown(watched).status()).toBe(status);
    expect((await shown(watched).body()).length, "bytes of the page").toBeLessThanOrEqual(PUBLIC_BYTES);
    expect(watched.further, "further requests").toEqual([]);
    await fitsWidth(page);
    await sound(page, watched, checker);
    await pictures(page, info, `public-${name}`);
  });
}

test("admin page: login", async ({ page, otklik, checker }, info) => {
  const watched = watch(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${otklik.demo.admin_url}/admin/login`);
  await expect(page.getByRole("button", { name: "Войти" })).toBeVisible();
  await fitsWidth(page);
  await sound(page, watched, checker);
  await pictures(page, info, "admin-login");
});

for (const { name, role, open } of ADMIN) {
  test(`admin page: ${name}`, async ({ page, otklik, checker }, info) => {
    await signIn(page, otklik, otklik.account(role));
    const watched = watch(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await open(page, otklik);
    expect(shown(watched).status()).toBe(200);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    const elsewhere = watched.further.filter((url) => !url.startsWith(`${otklik.demo.admin_url}/`));
    expect(elsewhere, "requests to anywhere else").toEqual([]);
    await fitsWidth(page);
    await sound(page, watched, checker);
    await pictures(page, info, `admin-${name}`);
  });
}
