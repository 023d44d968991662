import { CITIZENS, type CitizensPage } from "../support/citizens.js";
import { OFFICIALS } from "../support/officials.js";
import { expect, type Looked, lookOver, shown } from "../support/test.js";

/** The most a page for citizens may weigh, in bytes, without what was typed. */
const PUBLIC_BYTES = 8192;

/** A page for citizens is small and whole: it asks for nothing further. */
const light = ({ typed = 0, ...page }: CitizensPage): Looked => ({
  ...page,
  changes: true,
  holds: async (_, watched) => {
    expect((await shown(watched).body()).length, "bytes of the page").toBeLessThanOrEqual(PUBLIC_BYTES + typed);
    expect(watched.further, "further requests").toEqual([]);
  },
});

lookOver("for citizens", "citizens", CITIZENS.map(light));
lookOver("for officials", "officials", OFFICIALS);
