import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { Otklik } from "../support/otklik.js";
import { be, expect, type Looked, lookOver, test } from "../support/test.js";

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

/** A page of the officer's own office. */
const office = (otklik: Otklik, rest: string): string =>
  `${otklik.demo.admin_url}bodies/${otklik.account("responsible_employee").body_id}${rest}`;

/** A page of the region above it. */
const region = (otklik: Otklik, rest: string): string =>
  `${otklik.demo.admin_url}bodies/${otklik.account("quality_group").body_id}${rest}`;

const PAGES: Looked[] = [
  { name: "register", as: "responsible_employee", open: (page, otklik) => page.goto(office(otklik, "/responsibles")) },
  {
    name: "register-none",
    as: "administrator",
    open: async (page, otklik) => {
      const none = otklik.demo.offices.find((one) => one.code === "2723");
      await page.goto(`${otklik.demo.admin_url}bodies/${none?.id}/responsibles`);
      await expect(page.getByRole("main")).toContainText("Ответственные пока не указаны");
    },
  },
  {
    name: "register-below",
    as: "quality_group",
    open: (page, otklik) => page.goto(region(otklik, "/responsibles?below=1")),
  },
  {
    name: "register-print",
    as: "quality_group",
    open: (page, otklik) => page.goto(region(otklik, "/responsibles/print?below=1")),
  },
  {
    name: "register-new",
    as: "responsible_employee",
    open: (page, otklik) => page.goto(office(otklik, "/responsibles/new")),
  },
  {
    name: "register-new-with-mistakes",
    as: "responsible_employee",
    status: 422,
    open: async (page, otklik) => {
      await page.goto(office(otklik, "/responsibles/new"));
      await page.getByLabel("Адрес электронной почты").fill("otdel@");
      await page.getByRole("button", { name: "Добавить" }).click();
      await expect(page.getByRole("alert")).toContainText("Всё, что вы ввели, сохранено");
      await expect(page.getByLabel("Адрес электронной почты")).toHaveValue("otdel@");
    },
  },
  {
    name: "register-edit",
    as: "responsible_employee",
    open: async (page, otklik) => {
      await page.goto(office(otklik, "/responsibles"));
      await page.getByRole("link", { name: "Сотрудник 1" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toContainText("Изменить");
    },
  },
  {
    name: "mandatory-with-mistakes",
    as: "responsible_employee",
    status: 422,
    open: async (page, otklik) => {
      await page.goto(office(otklik, "/recipients"));
      await page.getByLabel("Начальник подразделения").selectOption({ index: 2 });
      await page.getByRole("button", { name: "Сохранить отметки" }).click();
      await expect(page.getByRole("alert").first()).toContainText("не изменены");
    },
  },
  {
    name: "recipients-inserted",
    as: "responsible_employee",
    open: async (page, otklik) => {
      await page.goto(office(otklik, "/recipients"));
      await page.getByLabel("Адреса получателей").fill("zam2724@r27.nalog.example");
      await page.getByRole("button", { name: /^Подставить/ }).click();
      await expect(page.getByLabel("Адреса получателей")).toHaveValue(/^zam2724@\S+, vashkontrol2724@\S+$/);
    },
  },
  { name: "missing", as: "administrator", open: (page, otklik) => page.goto(`${otklik.demo.admin_url}recipients`) },
  {
    name: "missing-not-found",
    as: "administrator",
    open: (page, otklik) => page.goto(`${otklik.demo.admin_url}recipients?q=zzzz`),
  },
];

lookOver("registers", "registers", PAGES);

/** ORG-5: the six columns [1 §2.2], every row of the subtree, read by another program. */
test("the register of a region is downloaded with all rows of its offices", async ({ page, otklik }, info) => {
  await be(page, otklik, otklik.account("administrator"));
  await page.goto(region(otklik, "/responsibles?below=1"));
  const rows = await page.getByRole("row").count();
  expect(rows, "rows on one page").toBeLessThan(100);
  const names = await page.locator("tbody tr").evaluateAll((all) => all.map((one) => one.children[0]?.textContent ?? ""));
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Скачать XLSX" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^Ответственные 2700 \d{4}-\d\d-\d\d\.xlsx$/);
  const file = info.outputPath("register.xlsx");
  await download.saveAs(file);
  const { stdout } = await run("python3", ["-c", READ, file]);
  const table = JSON.parse(stdout) as string[][];
  expect(table[0]).toEqual([
    "№ п/п",
    "Структурное подразделение",
    "Должность",
    "Фамилия, имя, отчество",
    "Реквизиты телефонной связи (код/Номер ВТС/N телефона)",
    "Адрес электронной почты",
  ]);
  expect(table.length).toBe(rows);
  expect(table.every((row) => row.length === 6)).toBe(true);
  expect(table.slice(1).map((row) => row[0])).toEqual(names.map((_, at) => String(at + 1)));
  table.slice(1).forEach((row, at) => expect(names[at]).toContain(row[3] ?? "?"));
  const units = table.map((row) => row[1] ?? "");
  for (const body of ["УФНС России по Хабаровскому краю", "ФКУ «Налог-Сервис»", "Межрайонная ИФНС России № 3"]) {
    expect(units.some((unit) => unit.includes(body)), body).toBe(true);
  }

  // On paper: A4, what it is about, of which moment, who printed it; nothing of the screen's navigation.
  await page.goto(region(otklik, "/responsibles/print?below=1"));
  await page.emulateMedia({ media: "print" });
  for (const text of ["Управление Федеральной налоговой службы по Хабаровскому краю", "Состояние на", "Напечатано"]) {
    await expect(page.getByRole("main")).toContainText(text);
  }
  await expect(page.getByText("Вернуться к реестру")).toBeHidden();
  const paper = info.outputPath("register.pdf");
  await page.pdf({ path: paper, preferCSSPageSize: true });
  const read = await run("pdfinfo", [paper]);
  expect(read.stdout).toContain("A4");
});

/** QR-7: what is missing is seen above, and the line leads to where it is mended. */
test("a missing mandatory recipient is found from above and marked", async ({ page, otklik }) => {
  await be(page, otklik, otklik.account("administrator"));
  await page.goto(`${otklik.demo.admin_url}recipients?lack=unit_head&q=2709`);
  await page.locator("tbody a").click();
  await expect(page).toHaveURL(/\/recipients#mandatory$/);
  const told = page.getByRole("region", { name: "Обязательные получатели" });
  await expect(told.getByRole("listitem")).toHaveText(["Начальник подразделения, ответственного за качество"]);
  await told.getByLabel("Начальник подразделения").selectOption("otdel2709@r27.nalog.example");
  await told.getByRole("button", { name: "Сохранить отметки" }).click();
  await expect(page.getByRole("status")).toContainText("Отметки сохранены");
  await expect(told.getByRole("listitem")).toHaveCount(0);
  await page.goto(`${otklik.demo.admin_url}recipients?q=2709`);
  await expect(page.getByRole("main")).toContainText("Ничего не нашлось");
});
