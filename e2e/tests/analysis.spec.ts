import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";

import type { Page } from "@playwright/test";

import type { Role } from "../support/otklik.js";
import { be, expect, fitsWidth, lookOver, test } from "../support/test.js";

const run = promisify(execFile);
const RECOUNT = resolve(import.meta.dirname, "../support/recount.py");
const PARTS = ["dynamics", "shares", "causes", "map", "places", "offices", "periods", "hours"];

const PAGES: { name: string; as: Role; path: string }[] = [
  { name: "country", as: "administrator", path: "?period=365" },
  { name: "country-offices", as: "analytical_centre", path: "?period=90&units=offices&about=c&against=year" },
  { name: "region", as: "quality_group", path: "?period=90&cut=week" },
  { name: "office", as: "head", path: "?period=90&cut=day" },
  { name: "none", as: "administrator", path: "?from=2001-01-01&to=2001-01-31" },
  { name: "words", as: "administrator", path: "/words?period=365" },
  { name: "words-of-office", as: "head", path: "/words?period=30" },
  { name: "words-with-mistakes", as: "administrator", path: "/words?body=9999&from=2026-13-40&about=z" },
  { name: "mistakes", as: "administrator", path: "?body=9999&from=2026-13-40&about=z" },
];

const chart = (page: Page, part: string) => page.locator(`#chart-${part}`);

lookOver("analysis", "analysis", PAGES.map(({ name, as, path }) => ({
  name,
  as,
  open: async (page, otklik) => {
    await page.goto(`${otklik.demo.admin_url}analysis${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(path.startsWith("/words") ? "О чём пишут" : "Анализ");
  },
  holds: async (page) => {
    // The tables too.
    const tables = page.locator(".chart details");
    await tables.evaluateAll((all) => all.forEach((one) => one.setAttribute("open", "")));
    await fitsWidth(page);
    // Axe looks at each cell: one table stands for all.
    await tables.evaluateAll((all) => all.forEach((one, at) => one.toggleAttribute("open", at === 1)));
  },
  tidy: (page) => page.locator(".chart details").evaluateAll((all) => all.forEach((one) => one.removeAttribute("open"))),
})));

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("each chart has its answer, its table and the same as a file", async ({ page, otklik }) => {
    await be(page, otklik, otklik.account("administrator"));
    await page.goto(`${otklik.demo.admin_url}analysis?period=365`);
    for (const part of PARTS) {
      const figure = chart(page, part);
      await expect(figure.getByRole("heading", { level: 2 })).toContainText("?");
      await expect(figure.locator("figcaption p")).not.toBeEmpty();
      await figure.locator("summary").click();
      const cells = figure.locator("details tbody tr").first().locator("th, td");
      await expect(cells.first()).toBeVisible();
      const first = await cells.first().innerText();

      const coming = page.waitForEvent("download");
      await figure.getByRole("link", { name: "Скачать таблицу" }).click();
      const file = await coming;
      expect(file.suggestedFilename()).toBe(`${part}.csv`);
      const text = (await readFile(await file.path())).toString("utf8");
      const lines = text.trimEnd().split("\r\n");
      expect(text.startsWith("\u{feff}")).toBe(true);
      expect(lines.length).toBe(1 + (await figure.locator("details tbody tr").count()));
      expect(lines[1]?.replaceAll('"', "")).toContain(first);
      expect(lines[0]?.split(";").length).toBe(await cells.count());
    }
  });

  test("from the country to an office by links, the filters stay", async ({ page, otklik }) => {
    await be(page, otklik, otklik.account("administrator"));
    await page.goto(`${otklik.demo.admin_url}analysis?period=365&about=c`);
    await chart(page, "map").getByRole("link", { name: /Хабаровский край/ }).click();
    await expect(page).toHaveURL(/body=2700&period=365&about=c/);
    await chart(page, "places").getByRole("link").first().click();
    await expect(page).toHaveURL(/body=27\d\d&period=365&about=c/);
    await expect(page.getByRole("main").locator(".lead")).toContainText("длительность ожидания");
    const way = page.getByRole("navigation", { name: "Вы здесь" }).getByRole("link");
    await expect(way).toHaveText(["ФНС России", "УФНС России по Хабаровскому краю"]);
    await way.first().click();
    await expect(page).toHaveURL(/body=0000&period=365&about=c/);
  });
});

test("a figure alone is what the page has", async ({ page, otklik }) => {
  await be(page, otklik, otklik.account("quality_group"));
  await page.goto(`${otklik.demo.admin_url}analysis?period=90`);
  for (const part of PARTS.filter((part) => part !== "map")) {
    const address = await chart(page, part).getAttribute("data-part");
    const alone = await page.request.get(new URL(address ?? "", page.url()).href);
    expect(alone.status()).toBe(200);
    const text = await alone.text();
    expect(text.trimStart().startsWith("<figure")).toBe(true);
    expect(text).toContain(`id="chart-${part}"`);
  }
  // The map of a single region would be one square.
  await expect(chart(page, "map")).toHaveCount(0);
});

test("on paper: the charts and who printed them, without the filters", async ({ page, otklik }) => {
  await be(page, otklik, otklik.account("head"));
  await page.goto(`${otklik.demo.admin_url}analysis?period=365`);
  await page.emulateMedia({ media: "print" });
  await expect(page.locator(".printed")).toBeVisible();
  await expect(page.locator(".printed")).toContainText("Напечатано");
  await expect(page.getByRole("search")).toBeHidden();
  await expect(chart(page, "dynamics").locator("svg").first()).toBeVisible();
});

/** QR-13, X-6: what the tables say against a count in another language over the downloaded responses. */
test("every figure equals a recount of the exported responses", async ({ page, otklik }, info) => {
  await be(page, otklik, otklik.account("quality_group"));
  // Days that are over: other tests answer meanwhile.
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const [from, to] = [day(90), day(3)];
  const keep = async (name: string, address: string) => {
    const answer = await page.request.get(otklik.demo.admin_url + address);
    expect(answer.status(), name).toBe(200);
    await writeFile(info.outputPath(`${name}.csv`), await answer.body());
  };
  await mkdir(info.outputPath(), { recursive: true });
  await keep("responses", "responses/export.csv");
  for (const part of PARTS.filter((part) => part !== "map")) {
    await keep(part, `analysis/export.csv?from=${from}&to=${to}&cut=week&part=${part}`);
  }
  const { stdout } = await run("python3", [RECOUNT, info.outputPath(), from, to]);
  const said = JSON.parse(stdout) as { responses: number; compared: number; wrong: string[] };
  expect(said.wrong).toEqual([]);
  expect(said.responses).toBeGreaterThan(100);
  expect(said.compared, "figures").toBeGreaterThan(300);
});
