import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { be, expect, test } from "../support/test.js";

const run = promisify(execFile);

/** Takes a sender's package out of what was sent to a partner, as a correction: whole, and with a time that no clock shows. */
const CORRECT = `
import glob, json, os, sys, zipfile
sent, folder = sys.argv[1:]
# The first day on which anything happened.
for path in sorted(glob.glob(sent + "/ogv-54_*")):
    inner = zipfile.ZipFile(path)
    name = os.path.basename(path)
    if len(inner.read("events.csv").splitlines()) > 1:
        break
paths = []
for revision, spoil in [(2, True), (3, False)]:
    path = f"{folder}/{name.replace('_r1', f'_r{revision}')}"
    with zipfile.ZipFile(path, "w") as made:
        for file in inner.namelist():
            data = inner.read(file)
            if file == "datapackage.json":
                told = json.loads(data)
                told["otklik"]["revision"] = revision
                data = json.dumps(told).encode()
            if file == "events.csv":
                rows = data.decode("utf-8-sig").split("\\r\\n")
                cells = rows[1].split(";")
                request = cells[0]
                if spoil:
                    cells[6] = "25:61:00"
                    rows[1] = ";".join(cells)
                data = "\\r\\n".join(rows).encode()
            made.writestr(file, data)
    paths.append(path)
print(json.dumps({"spoiled": paths[0], "whole": paths[1], "request": request}))
`;

test("mon8 mon10 mon11 a day is corrected: mistakes are named, then it replaces the day wholly", async ({
  page,
  otklik,
}, info) => {
  const [, administrator] = otklik.accounts("administrator", 2);
  if (administrator === undefined) throw new Error("the region has no administrator");
  const { stdout } = await run("python3", ["-c", CORRECT, join(otklik.folder, "sent"), info.outputPath()]);
  const made = JSON.parse(stdout) as { spoiled: string; whole: string; request: string };
  const main = page.getByRole("main");
  await be(page, otklik, administrator);
  const address = `${otklik.demo.admin_url}monitoring/application?request=${made.request}`;
  await page.goto(address);
  const way = await page.locator(".timeline li").allInnerTexts();
  expect(way.length).toBeGreaterThan(0);

  const upload = async (file: string) => {
    await page.goto(`${otklik.demo.admin_url}monitoring/deliveries`);
    await page.getByRole("button", { name: "Загрузить данные" }).or(page.getByRole("link", { name: "Загрузить данные" })).click();
    await page.getByLabel("Файл").setInputFiles(file);
    await page.getByRole("button", { name: "Отправить на проверку" }).click();
    await expect(page).toHaveURL(/\/deliveries\/\d+\?done=received/);
  };

  await upload(made.spoiled);
  // The page follows the check by itself.
  await expect(main).toContainText("Ничего не принято", { timeout: 30_000 });
  const mistake = page.locator(".findings tbody tr").first();
  await expect(mistake).toContainText("events.csv, строка 2, столбец 7");
  await expect(mistake).toContainText("25:61:00");
  const [report] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Скачать отчёт об ошибках" }).click(),
  ]);
  expect(report.suggestedFilename()).toMatch(/\.csv$/);

  await upload(made.whole);
  await expect(main.locator(".lead")).toContainText("принята", { timeout: 30_000 });
  await expect(page.locator(".findings")).toHaveCount(0);
  // The first data of the day are still shown, as replaced.
  await page.locator("aside").getByRole("link").last().click();
  await expect(main.locator(".lead")).toContainText("заменена");
  await page.goto(address);
  expect(await page.locator(".timeline li").allInnerTexts()).toEqual(way);

  await be(page, otklik, otklik.account("responsible_employee"));
  await page.goto(address);
  await expect(page.locator(".timeline")).toHaveCount(0);
});
