import { OFFICIALS } from "../support/officials.js";
import { CITIZENS } from "../support/citizens.js";
import { axe, expect, fitsWidth, lookOver, pictured, shown, test, watch } from "../support/test.js";

/** The most a page for citizens may weigh, in bytes, without what was typed. */
const PUBLIC_BYTES = 8192;

for (const { name, status, typed = 0, open } of CITIZENS) {
  test(`for citizens: ${name}`, async ({ page, otklik, checker }) => {
    const watched = watch(page);
    await page.setViewportSize({ width: 320, height: 640 });
    await open(page, otklik);
    expect(shown(watched).status()).toBe(status);
    expect((await shown(watched).body()).length, "bytes of the page").toBeLessThanOrEqual(PUBLIC_BYTES + typed);
    expect(watched.further, "further requests").toEqual([]);
    await fitsWidth(page);
    expect(await checker.errors(await shown(watched).text()), "errors found by the HTML checker").toEqual([]);
    await axe(page);
    expect(watched.complaints, "complaints of the browser").toEqual([]);
  });
}

pictured("citizens", CITIZENS.map((page) => ({ ...page, changes: true })));
lookOver("for officials", "officials", OFFICIALS);
