import type { Page, TestInfo } from "@playwright/test";

import { OFFICIALS } from "../support/officials.js";
import { CITIZENS } from "../support/citizens.js";
import type { HtmlChecker } from "../support/checker.js";
import { axe, be, expect, fitsWidth, shown, test, watch, type Watched } from "../support/test.js";

/** The most a page for citizens may weigh, in bytes, without what was typed. */
const PUBLIC_BYTES = 8192;

/** What holds for every page. */
async function sound(page: Page, watched: Watched, checker: HtmlChecker): Promise<void> {
  expect(await checker.errors(await shown(watched).text()), "errors found by the HTML checker").toEqual([]);
  await axe(page);
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

for (const { name, status, typed = 0, open } of CITIZENS) {
  test(`for citizens: ${name}`, async ({ page, otklik, checker }, info) => {
    const watched = watch(page);
    await page.setViewportSize({ width: 320, height: 640 });
    await open(page, otklik);
    expect(shown(watched).status()).toBe(status);
    expect((await shown(watched).body()).length, "bytes of the page").toBeLessThanOrEqual(PUBLIC_BYTES + typed);
    expect(watched.further, "further requests").toEqual([]);
    await fitsWidth(page);
    await sound(page, watched, checker);
    await pictures(page, info, `citizens-${name}`);
  });
}

for (const { name, status = 200, as, open } of OFFICIALS) {
  test(`for officials: ${name}`, async ({ page, otklik, checker }, info) => {
    if (as !== undefined) await be(page, otklik, otklik.account(as));
    const watched = watch(page);
    await page.setViewportSize({ width: 320, height: 640 });
    await open(page, otklik);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(shown(watched).status()).toBe(status);
    const elsewhere = watched.further.filter((url) => !url.startsWith(otklik.demo.admin_url));
    expect(elsewhere, "requests to anywhere else").toEqual([]);
    await fitsWidth(page);
    await sound(page, watched, checker);
    await pictures(page, info, `officials-${name}`);
  });
}
