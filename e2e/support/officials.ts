import { expect } from "@playwright/test";

import { MONITORING } from "./monitoring.js";
import type { Looked } from "./test.js";

type Step = Looked["open"];

const at =
  (path: string): Step =>
  (page, otklik) =>
    page.goto(otklik.demo.admin_url + path);

/** A page of the officer's own office. */
const office =
  (rest = ""): Step =>
  (page, otklik) =>
    at(`bodies/${otklik.account("responsible_employee").body_id}${rest}`)(page, otklik);

/** The first entry of a list, on a page that leads to its own kind. */
const first =
  (list: string, query = ""): Step =>
  async (page, otklik) => {
    await at(list + query)(page, otklik);
    // Of a row's links the one to the entry's own page, which a wide screen may not show.
    const address = await page.locator(`tbody a[href^="/admin/${list}/"]`).first().getAttribute("href");
    await page.goto(new URL(address ?? "", page.url()).href);
    await expect(page).toHaveURL(new RegExp(`/admin/${list}/[^/?]+$`));
  };

/** The list with the card of its first response beside it. */
const beside =
  (query = ""): Step =>
  async (page, otklik) => {
    await at(`responses${query}`)(page, otklik);
    const address = await page.locator("tbody a[data-open]").first().getAttribute("href");
    await page.goto(new URL(address ?? "", page.url()).href);
    await expect(page.getByRole("region", { name: /^Отклик от/ })).toBeVisible();
  };

const press =
  (name: string | RegExp): Step =>
  (page) =>
    page.getByRole("main").getByRole("button", { name, exact: true }).first().click();

const fill =
  (label: string, value: string): Step =>
  (page) =>
    page.getByLabel(label).first().fill(value);

const says =
  (text: string | RegExp): Step =>
  (page) =>
    expect(page.getByRole("main")).toContainText(text);

const steps =
  (...all: Step[]): Step =>
  async (page, otklik) => {
    for (const step of all) await step(page, otklik);
  };

/** The session is ended behind the page's back, as time does. */
const expire: Step = (page) => page.context().clearCookies();

/** Signs in with the temporary password that the page of a new colleague shows. */
const enterAsNew: Step = async (page, otklik) => {
  const login = `novyi-${crypto.randomUUID().slice(0, 8)}`;
  await steps(at("people/new"), fill("Фамилия, имя, отчество", "Проверочная учётная запись"))(page, otklik);
  await steps(fill("Логин", login), fill("Место работы", "2724"), press("Добавить"))(page, otklik);
  const password = await page.getByRole("main").locator("[role=status] code").innerText();
  await page.context().clearCookies();
  await steps(at("login"), fill("Логин", login), fill("Пароль", password), press("Войти"))(page, otklik);
  await says("временным паролем")(page, otklik);
};

const COLUMNS = "code;parent_code;full_name;short_name;kind;level;time_zone";

const table = (row: string) =>
  steps(at("bodies/import"), fill("Таблица", `${COLUMNS}\n${row}`), press("Проверить"));

/** Every page of the admin zone, those about mistakes too. */
export const OFFICIALS: Looked[] = [
  { name: "login", open: at("login") },
  { name: "login-empty", status: 422, open: steps(at("login"), press("Войти"), says("Введите логин")) },
  {
    name: "login-wrong",
    status: 422,
    changes: true,
    open: steps(at("login"), fill("Логин", "nobody"), fill("Пароль", "x"), press("Войти"), says("не подходит")),
  },
  { name: "login-first", as: "administrator", changes: true, open: enterAsNew },
  {
    name: "login-first-with-mistakes",
    as: "administrator",
    status: 422,
    changes: true,
    open: steps(enterAsNew, fill("Новый пароль", "короткий"), press("Сохранить и войти"), says("короче")),
  },

  { name: "today", as: "responsible_employee", open: at("") },
  { name: "today-of-administrator", as: "administrator", open: at("") },
  { name: "today-of-observer", as: "mer_observer", open: at("") },
  { name: "today-of-operator", as: "technical_operator", open: at("") },

  { name: "responses", as: "deputy_head", open: at("responses") },
  { name: "responses-of-administrator", as: "administrator", open: at("responses?negative=1") },
  { name: "responses-none", as: "deputy_head", open: at("responses?q=такого-не-писали") },
  { name: "responses-with-mistakes", as: "deputy_head", open: at("responses?from=2026-13-40") },
  { name: "responses-with-card", as: "deputy_head", open: beside("?negative=1") },
  { name: "responses-with-card-of-observer", as: "mer_observer", open: beside() },
  {
    name: "responses-with-card-with-mistakes",
    as: "deputy_head",
    status: 422,
    // As without the script, which would put the answer in place.
    open: steps(
      beside("?negative=1"),
      fill("Что сделано", " "),
      async (page) => {
        await page.locator("#card form").last().evaluate((form: HTMLFormElement) => form.submit());
        await expect(page.getByRole("alert")).toContainText("Напишите, что сделано.");
      },
    ),
  },
  { name: "responses-without-card", as: "deputy_head", open: at("responses?card=1") },
  { name: "response", as: "responsible_employee", open: first("responses", "?negative=1") },
  { name: "response-of-observer", as: "mer_observer", open: first("responses") },
  {
    name: "response-with-mistakes",
    as: "responsible_employee",
    status: 422,
    open: steps(first("responses"), fill("Что сделано", " "), press(/Сохранить|Записать/)),
  },

  { name: "bodies", as: "administrator", open: at("bodies") },
  { name: "bodies-of-officer", as: "responsible_employee", open: at("bodies") },
  { name: "bodies-found", as: "administrator", open: at("bodies?q=хабаровск") },
  { name: "bodies-none", as: "administrator", open: at("bodies?q=zzzz") },
  { name: "body", as: "administrator", open: office() },
  { name: "body-of-officer", as: "responsible_employee", open: office() },
  { name: "body-top", as: "administrator", open: first("bodies") },
  {
    name: "body-closed",
    as: "administrator",
    open: (page, otklik) => first("bodies", `?q=${otklik.demo.closed_code}`)(page, otklik),
  },
  { name: "body-new", as: "administrator", open: at("bodies/new") },
  {
    name: "body-new-with-mistakes",
    as: "administrator",
    status: 422,
    open: steps(at("bodies/new"), fill("Код", "!"), fill("Широта", "100"), press("Добавить"), says("Проверьте")),
  },
  { name: "body-edit", as: "administrator", open: office("/edit") },
  { name: "body-move", as: "administrator", open: office("/move") },
  {
    name: "body-move-with-mistakes",
    as: "administrator",
    status: 422,
    open: steps(office("/move"), fill("Новый вышестоящий орган", "2724"), press("Переместить")),
  },
  { name: "body-close", as: "administrator", open: office("/close") },
  { name: "unit", as: "administrator", open: steps(office(), (page) => page.locator('a[href*="/units/"]').first().click()) },
  { name: "unit-new", as: "administrator", open: office("/units/new") },
  {
    name: "unit-new-with-mistakes",
    as: "administrator",
    status: 422,
    open: steps(office("/units/new"), press("Добавить"), says("Заполните")),
  },
  { name: "import", as: "administrator", open: at("bodies/import") },
  {
    name: "import-with-mistakes",
    as: "administrator",
    status: 422,
    open: steps(table("27 24;2700;Полное;Краткое;kind;level;Asia/Nowhere"), says("Ничего не изменено")),
  },
  {
    name: "import-checked",
    as: "administrator",
    open: steps(
      table("2799;2700;Новая инспекция;Новая ИФНС;tax_inspection;local;Asia/Vladivostok"),
      says("Проверка пройдена"),
    ),
  },

  { name: "recipients", as: "responsible_employee", open: office("/recipients") },
  {
    name: "recipients-with-mistakes",
    as: "responsible_employee",
    status: 422,
    open: steps(office("/recipients"), fill("Адреса получателей", "otdel@@office, второй"), press("Сохранить")),
  },
  { name: "materials", as: "responsible_employee", open: office("/materials") },
  { name: "materials-made", as: "responsible_employee", open: office("/materials?code=1") },

  { name: "people", as: "administrator", open: at("people") },
  { name: "people-none", as: "administrator", open: at("people?q=zzzz") },
  { name: "person", as: "administrator", open: first("people", "?q=office2724") },
  { name: "person-of-oneself", as: "administrator", open: first("people", "?q=admin") },
  { name: "person-edit", as: "administrator", open: steps(first("people", "?q=office2724"), press("Изменить")) },
  {
    name: "person-with-mistakes",
    as: "administrator",
    status: 422,
    open: steps(first("people", "?q=office2724"), fill("На орган", "нигде"), press("Выдать")),
  },
  { name: "person-new", as: "administrator", open: at("people/new") },
  {
    name: "person-new-with-mistakes",
    as: "administrator",
    status: 422,
    open: steps(at("people/new"), fill("Логин", "a b"), press("Добавить"), says("Проверьте")),
  },
  { name: "account", as: "responsible_employee", open: at("account") },
  { name: "password", as: "responsible_employee", open: at("account/password") },
  {
    name: "password-with-mistakes",
    as: "responsible_employee",
    status: 422,
    open: steps(at("account/password"), fill("Текущий пароль", "x"), press("Сохранить")),
  },

  ...MONITORING,

  // Not the sign-ins: when those come into the chain differs in each run.
  { name: "journal", as: "administrator", open: at("journal?action=recipients.") },
  { name: "journal-none", as: "administrator", open: at("journal?actor=zzzz") },
  { name: "journal-with-mistakes", as: "administrator", open: at("journal?code=zzzz") },
  { name: "journal-entry", as: "administrator", open: first("journal", "?action=recipients.") },
  { name: "outbox", as: "technical_operator", open: at("outbox") },
  { name: "outbox-with-mistakes", as: "technical_operator", open: at("outbox?code=zzzz") },

  { name: "forbidden", as: "responsible_employee", status: 403, open: at("people") },
  { name: "unknown-response", as: "responsible_employee", status: 404, open: at("responses/1") },
  { name: "unknown-body", as: "administrator", status: 404, open: at("bodies/1") },
  { name: "only-sent-to", as: "responsible_employee", status: 405, open: at("responses/1/outcome") },
  { name: "unknown-page", as: "administrator", status: 404, open: at("no-such-page") },
  {
    name: "expired",
    as: "administrator",
    status: 401,
    open: steps(office("/units/new"), fill("Название", "Отдел"), expire, press("Добавить")),
  },
  {
    name: "resume-with-file",
    as: "responsible_employee",
    changes: true,
    open: steps(
      office("/placements/new"),
      fill("Где именно", "у колонны"),
      (page) => page.getByLabel("Фотография").setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from("a") }),
      expire,
      press("Записать"),
      says("Файл на странице сохранить нельзя"),
      async (page, otklik) => {
        const { login, password } = otklik.account("responsible_employee");
        await steps(fill("Логин", login), fill("Пароль", password), press("Войти и продолжить"))(page, otklik);
        await expect(page.getByLabel("Файл")).toBeVisible();
      },
    ),
  },
  {
    name: "resume",
    as: "administrator",
    changes: true,
    open: steps(office("/units/new"), fill("Название", "Отдел"), expire, press("Добавить"), async (page, otklik) => {
      const { login, password } = otklik.account("administrator");
      await steps(fill("Логин", login), fill("Пароль", password), press("Войти и продолжить"))(page, otklik);
      await says("ещё не отправлено")(page, otklik);
    }),
  },
  {
    name: "forged",
    as: "administrator",
    status: 403,
    open: steps(
      office("/units/new"),
      (page) => page.locator("main [name=csrf]").evaluate((field: HTMLInputElement) => (field.value = "forged")),
      press("Добавить"),
    ),
  },
];
