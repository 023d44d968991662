import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

import { axe, be, expect, fitsWidth, shown, test, watch } from "../support/test.js";

const run = promisify(execFile);

/** Reads the cells of the first sheet with nothing but Python's archive and XML readers. */
const READ = `
import sys, json, zipfile, xml.etree.ElementTree as ET
book = zipfile.ZipFile(sys.argv[1])
assert book.testzip() is None
main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
assert not list(sheet.iter(main + "f"))
print(json.dumps([["".join(cell.itertext()) for cell in row] for row in sheet.iter(main + "row")]))
`;

/** QR-13, SURV-7: what is seen is taken along with the list's own filters, and the journal knows. */
test("the list of responses is downloaded with its filters", async ({ page, otklik, checker }, info) => {
  test.slow();
  await be(page, otklik, otklik.account("administrator"));
  const watched = watch(page);
  await page.setViewportSize({ width: 320, height: 640 });
  const { body } = otklik.account("responsible_employee");
  await page.goto(`${otklik.demo.admin_url}responses?body=${body}&negative=1&text=1`);
  await fitsWidth(page);
  expect(await checker.errors(await shown(watched).text()), "errors found by the HTML checker").toEqual([]);
  await axe(page);
  const found = /Найдено: ([\d\s]+)\./.exec((await page.locator("#list .note").first().textContent()) ?? "")?.[1] ?? "";
  const count = Number(found.replaceAll(/\s/g, ""));
  expect(count).toBeGreaterThan(0);

  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Скачать для Excel" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^Отклики \d{4}-\d\d-\d\d\.xlsx$/);
  const file = info.outputPath("responses.xlsx");
  await download.saveAs(file);
  const { stdout } = await run("python3", ["-c", READ, file], { maxBuffer: 64 * 1024 * 1024 });
  const [head, ...rows] = JSON.parse(stdout) as string[][];
  expect(head?.slice(0, 3)).toEqual(["Получен", "Код органа", "Орган"]);
  expect(head?.slice(-4)).toEqual(["Отзыв", "Что настораживает", "Просмотрен", "Что сделано"]);
  expect(rows.length).toBe(count);
  const width = head?.length ?? 0;
  for (const row of rows) {
    expect(row.length).toBe(width);
    expect(row.slice(3, width - 4)).toContain("Плохо");
    expect(row[width - 4], "a text").not.toBe("");
  }

  const other = page.waitForEvent("download");
  await page.getByRole("button", { name: "Скачать CSV" }).click();
  const csv = info.outputPath("responses.csv");
  await (await other).saveAs(csv);
  expect((await readFile(csv, "utf8")).startsWith("\uFEFFПолучен;Код органа;Орган;")).toBe(true);

  await page.goto(`${otklik.demo.admin_url}journal`);
  await expect(page.getByRole("main")).toContainText("Отклики скачиваются");
  await expect(page.getByRole("main")).toContainText("Скачивание откликов закончено");
  expect(watched.complaints, "complaints of the browser").toEqual([]);
});
