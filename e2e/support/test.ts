import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { expect, type Page, type Response, test as base } from "@playwright/test";
import type { AxeResults, RunOptions } from "axe-core";

import { HtmlChecker } from "./checker.js";
import { type Account, Otklik, type Role } from "./otklik.js";
import { shared } from "./shared.js";

/** Started when the first test asks. */
interface Started {
  /** The program on demo content, a worker's own. */
  otklik: Otklik;
  /** The same with a clock that stands, for looking at pages; nobody changes anything there. */
  still: Otklik;
  /** Another one, where what a page needs is changed. */
  changed: Otklik;
  checker: HtmlChecker;
}

export { expect };

export const test = base.extend<object, Started>({
  otklik: [
    async ({}, use) => {
      const otklik = await Otklik.start();
      await use(otklik);
      await otklik.stop();
    },
    { scope: "worker", timeout: 240_000 },
  ],
  still: [async ({}, use) => use(Otklik.told(await shared("still"))), { scope: "worker", timeout: 240_000 }],
  changed: [async ({}, use) => use(Otklik.told(await shared("changed"))), { scope: "worker", timeout: 240_000 }],
  checker: [async ({}, use) => use(HtmlChecker.told(await shared("checker"))), { scope: "worker", timeout: 240_000 }],
});

/** Signs in with an account, as a person does. */
export async function signIn(
  page: Page,
  otklik: Otklik,
  account: Pick<Account, "login" | "password">,
  adminUrl = otklik.demo.admin_url,
): Promise<void> {
  await page.goto(`${adminUrl}login`);
  await page.getByLabel("Логин").fill(account.login);
  await page.getByLabel("Пароль").fill(account.password);
  await page.getByRole("button", { name: "Войти" }).click();
  await expect(page).not.toHaveURL(/\/admin\/login/);
}

/** Makes the page an account's own: signed in once for all tests of the worker. */
export async function be(page: Page, otklik: Otklik, account: Account): Promise<void> {
  await page.context().addCookies([await otklik.session(account)]);
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The page has no violation that axe finds, as on a phone in light; its colours hold on a dark desk too. */
export async function axe(page: Page, size = { width: 360, height: 740 }): Promise<void> {
  // Without movement, so that no colour is judged on its way to another.
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.setViewportSize(size);
  await page.evaluate(AXE);
  expect(await violations(page, {}), "violations found by axe").toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 1280, height: 900 });
  const colours = ["color-contrast", "scrollable-region-focusable"];
  expect(await violations(page, { runOnly: colours }), "violations found by axe in dark").toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
}

async function violations(page: Page, options: RunOptions): Promise<string[]> {
  // Of what holds nothing has to be told, which takes longer than to find it.
  const only: RunOptions = { ...options, resultTypes: ["violations"] };
  return page.evaluate(async (options) => {
    const { axe } = globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } };
    const { violations } = await axe.run(options);
    return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
  }, only);
}

/** What was seen of a page besides its picture. */
export interface Watched {
  /** The answers that became the page, in order. */
  documents: Response[];
  /** Addresses of everything else it asked for. */
  further: string[];
  /** Complaints of the browser: content policy, mistakes of scripts. */
  complaints: string[];
}

/** Watches a page from now on. */
export function watch(page: Page): Watched {
  const watched: Watched = { documents: [], further: [], complaints: [] };
  page.on("request", (request) => {
    if (!request.isNavigationRequest() && !request.url().startsWith("data:")) watched.further.push(request.url());
  });
  page.on("response", (response) => {
    const moved = response.status() >= 300 && response.status() < 400;
    if (response.request().isNavigationRequest() && !moved) watched.documents.push(response);
  });
  page.on("console", (message) => {
    const text = message.text();
    if (/content security policy|refused to/i.test(text)) watched.complaints.push(text);
  });
  page.on("pageerror", (error) => watched.complaints.push(String(error)));
  return watched;
}

/** The answer that became the page shown now. */
export function shown(watched: Watched): Response {
  const last = watched.documents.at(-1);
  if (last === undefined) throw new Error("no page was opened");
  return last;
}

/** Nothing of the page lies beside the screen. */
export async function fitsWidth(page: Page): Promise<void> {
  const [needed, given] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth] as const;
  });
  expect(needed, "width of the content against the screen").toBeLessThanOrEqual(given);
}

/** Where pages show what differs in each run though everything else is the same: receipts, numbers of rows, traces. */
const VARIES = "[data-varies], .trace code, main > .c > span, main > p";

/** What is on a page for a moment only: whether it is there depends on when the page is opened. */
const PASSES = "[data-passes]";

/** Puts the same in the place of it: the page keeps its look. */
async function settle(page: Page): Promise<void> {
  await page.locator(PASSES).evaluateAll((all) => {
    for (const one of all) one.remove();
  });
  await page.locator(VARIES).evaluateAll((all) => {
    for (const one of all) {
      const text = one.textContent ?? "";
      if (one.matches("p") && !text.startsWith("Код ответа: ")) continue;
      one.textContent = text.includes("sqlite:") ? "sqlite:/srv/otklik/otklik.sqlite" : text.replace(/[0-9A-Za-z]/g, "0");
    }
  });
}

/** Widths of pictures, with how much of a long page is on them, in pixels. */
const PICTURES = [
  { width: 1280, height: 900, most: 1300 },
  { width: 360, height: 740, most: 1500 },
];

/** The page looks as it was approved, on a desk and on a phone. */
export async function looksApproved(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  const live = page.locator("[data-live-mark]");
  if ((await live.count()) > 0) await expect(live).toHaveText("Страница обновляется сама");
  await settle(page);
  for (const { width, height, most } of PICTURES) {
    await page.setViewportSize({ width, height });
    const long = await page.evaluate(() => document.documentElement.scrollHeight);
    await expect(page).toHaveScreenshot(`${name}-${width}.png`, {
      fullPage: true,
      clip: { x: 0, y: 0, width, height: Math.min(Math.max(long, height), most) },
    });
  }
}

/** A page to be looked at: its name in pictures, who opens it and how, the status of its answer. */
export interface Looked {
  name: string;
  as?: Role | undefined;
  open: (page: Page, otklik: Otklik) => Promise<unknown>;
  status?: number | undefined;
  /** Whether opening it changes something: it is looked at where others are not disturbed. */
  changes?: boolean | undefined;
  /** What else has to hold for it, on the narrowest screen; axe sees the page as it is left. */
  holds?: (page: Page, watched: Watched) => Promise<void>;
  /** Puts the page in order for its picture after that. */
  tidy?: (page: Page) => Promise<void>;
}

/** Declares a test per page, which is opened once: its answer, width, HTML, axe, the browser's complaints, its look. */
export function lookOver(title: string, group: string, pages: Looked[]): void {
  for (const { name, as, open, status = 200, changes, holds, tidy } of pages) {
    const look = async (page: Page, otklik: Otklik, checker: HtmlChecker) => {
      if (as !== undefined) await be(page, otklik, otklik.account(as));
      const watched = watch(page);
      await page.setViewportSize({ width: 320, height: 640 });
      await open(page, otklik);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      expect(shown(watched).status()).toBe(status);
      const elsewhere = watched.further.filter((url) => !url.startsWith(otklik.demo.admin_url));
      expect(elsewhere, "requests to anywhere else").toEqual([]);
      await fitsWidth(page);
      await holds?.(page, watched);
      expect(await checker.errors(await shown(watched).text()), "errors found by the HTML checker").toEqual([]);
      await axe(page);
      await tidy?.(page);
      await looksApproved(page, `${group}-${name}`);
      expect(watched.complaints, "complaints of the browser").toEqual([]);
    };
    const details = { tag: "@picture" };
    // A program is started where a test names it.
    if (changes === true) test(`${title}: ${name}`, details, ({ page, changed, checker }) => look(page, changed, checker));
    else test(`${title}: ${name}`, details, ({ page, still, checker }) => look(page, still, checker));
  }
}
