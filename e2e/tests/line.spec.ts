import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { Otklik } from "../support/otklik.js";
import { MailServer } from "../support/smtp.js";
import { expect, signIn, test } from "../support/test.js";

const run = promisify(execFile);

const DEPUTY = "zamestitel@office.example";
const HEAD = "nachalnik@office.example";
const WRONG = "otdel-kontrolya@@office";
const COMMENT = "Терминал очереди не печатал талоны, ждали полтора часа.";

/** The whole line of the product: QR-1…6, QR-9, CASE-5, ORG-2. The phone's side runs no script. */
test("a citizen answers and the right people hear of it", async ({ browser }, info) => {
  test.setTimeout(240_000);
  const mail = await MailServer.start();
  const otklik = await Otklik.start({ mail: mail.setting });
  try {
    const { public_url: publicUrl, admin_url: adminUrl } = otklik.demo;
    const [officer, neighbour] = otklik.accounts("responsible_employee", 2);
    if (officer === undefined || neighbour === undefined) throw new Error("two officers are needed");

    const desk = await browser.newContext({ acceptDownloads: true });
    const page = await desk.newPage();

    await test.step("recipients are entered; one is wrong and pointed out by itself", async () => {
      await signIn(page, otklik, officer);
      await page.goto(`${adminUrl}bodies/${officer.body_id}/recipients`);
      const field = page.getByLabel("Адреса получателей");
      await field.fill(`${DEPUTY}, ${WRONG}; ${HEAD}`);
      await page.getByRole("button", { name: "Сохранить", exact: true }).click();
      // The wrong address is named in the message, the right ones are not.
      const message = page.getByRole("alert");
      await expect(message).toContainText(WRONG);
      await expect(message).not.toContainText(DEPUTY);
      await expect(message).not.toContainText(HEAD);
      await page.goto(`${adminUrl}bodies/${officer.body_id}/recipients`);
      const kept = (await field.inputValue()).split(/[\s,;]+/).filter((address) => address !== "");
      expect(kept.sort()).toEqual([DEPUTY, HEAD].sort());
    });

    const address = await test.step("the office's QR code is downloaded and read", async () => {
      await page.goto(`${adminUrl}bodies/${officer.body_id}/materials`);
      await page.getByRole("button", { name: "Создать QR-код" }).click();
      const coming = page.waitForEvent("download");
      await page.getByRole("button", { name: /PNG/ }).click();
      const picture = info.outputPath("office.png");
      await (await coming).saveAs(picture);
      const { stdout } = await run("zbarimg", ["-q", "--raw", picture]);
      const read = stdout.trim();
      expect(read).toBe(`${publicUrl}/qr/${officer.body}/`);
      return read;
    });

    const receipt = await test.step("a citizen answers without scripts", async () => {
      const phone = await browser.newContext({
        javaScriptEnabled: false,
        viewport: { width: 360, height: 740 },
        isMobile: true,
        hasTouch: true,
      });
      const citizen = await phone.newPage();
      await citizen.goto(address);
      const waiting = citizen.getByRole("group", { name: /длительность ожидания в очереди/i });
      await waiting.getByText("Плохо").click();
      await expect(waiting.getByRole("radio", { name: "Плохо" })).toBeChecked();
      await citizen.getByLabel("Отзыв, комментарий или предложение").fill(COMMENT);
      await citizen.getByRole("button", { name: "Отправить" }).click();

      const look = citizen.getByRole("link", { name: "Посмотреть, что сделано" });
      const code = /\/r\/([^/]+)\/?$/.exec((await look.getAttribute("href")) ?? "")?.[1] ?? "";
      const bare = code.replaceAll(/[^0-9A-Za-z]/g, "");
      expect(bare.length, "characters of the receipt code").toBeGreaterThanOrEqual(16);
      const words = (await citizen.locator("main").innerText()).replaceAll(/[^0-9A-Za-z]/g, "");
      expect(words.toUpperCase()).toContain(bare.toUpperCase());

      await look.click();
      await expect(citizen.getByText("Получен", { exact: true })).toBeVisible();
      await expect(citizen.locator("body")).not.toContainText(COMMENT);
      expect(await citizen.content()).not.toContain(COMMENT);
      await phone.close();
      return code;
    });

    await test.step("one letter comes for each recipient, hidden from each other", async () => {
      for (const [recipient, other] of [
        [DEPUTY, HEAD],
        [HEAD, DEPUTY],
      ] as const) {
        const letter = await mail.first(recipient);
        expect(letter.recipients).toEqual([recipient]);
        expect(letter.message.subject).toMatch(/[а-яё]{3}/i);
        expect(letter.message.text).toContain(COMMENT);
        expect(letter.message.html).toContain(COMMENT);
        expect(letter.message.text).toContain(`${adminUrl}responses/`);
        expect(letter.source).not.toContain(other);
      }
    });

    const card = await test.step("the officer sees it", async () => {
      await page.goto(`${adminUrl}responses`);
      const row = page.getByRole("row").filter({ hasText: COMMENT });
      await expect(row).toHaveCount(1);
      await row.getByRole("link").first().click();
      await page.getByRole("region", { name: /^Отклик от/ }).getByRole("link", { name: "На отдельной странице" }).click();
      await expect(page).toHaveURL(/\/admin\/responses\/[^/?]+/);
      await expect(page.getByText(COMMENT).first()).toBeVisible();
      return page.url();
    });

    await test.step("the neighbour region's officer sees nothing of it", async () => {
      const elsewhere = await browser.newContext();
      const other = await elsewhere.newPage();
      await signIn(other, otklik, neighbour);
      await other.goto(`${adminUrl}responses`);
      await expect(other.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(other.locator("body")).not.toContainText(COMMENT);
      const answer = await other.goto(card);
      expect(answer?.status()).toBe(404);
      await expect(other.locator("body")).not.toContainText(COMMENT);
      await elsewhere.close();
    });

    await test.step("nothing was sent twice, and nothing to the wrong address", async () => {
      expect(mail.to(DEPUTY)).toHaveLength(1);
      expect(mail.to(HEAD)).toHaveLength(1);
      expect(mail.received.filter((one) => one.recipients.some((to) => to.startsWith("otdel-kontrolya")))).toEqual([]);
    });

    await test.step("the receipt still shows where it stands, never what was written", async () => {
      const answer = await page.goto(`${publicUrl}/r/${receipt}`);
      expect(answer?.status()).toBe(200);
      await expect(page.getByText("Получен", { exact: true })).toBeVisible();
      expect(await page.content()).not.toContain(COMMENT);
    });
    await desk.close();
  } finally {
    await otklik.stop();
    await mail.stop();
  }
});
