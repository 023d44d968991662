import { once } from "node:events";
import { createServer } from "node:http";

import { HtmlChecker } from "./checker.js";
import { Otklik, type Told } from "./otklik.js";

/** The moment of every picture: a Friday afternoon in Khabarovsk. */
const MOMENT = "2026-11-20T16:00:00+10:00";

/** Where workers ask. */
const ADDRESS = "OTKLIK_E2E_SHARED";

/** What all workers use together, with what a worker has to know of it. */
interface Shared {
  /** The program with a clock that stands; nobody changes anything there. */
  still: Told;
  /** Another one, where what a page needs is changed. */
  changed: Told;
  /** The address of the HTML checker. */
  checker: string;
}

/** Gives something shared, which is started when the first worker asks. */
export async function shared<K extends keyof Shared>(what: K): Promise<Shared[K]> {
  const answer = await fetch(`${process.env[ADDRESS]}${what}`);
  if (!answer.ok) throw new Error(`${what} could not be started: ${await answer.text()}`);
  return (await answer.json()) as Shared[K];
}

type Started<T> = { told: T; stop: () => Promise<void> };
type Starts = { [K in keyof Shared]: () => Promise<Started<Shared[K]>> };

const START: Starts = {
  still: async () => {
    const still = await Otklik.start({ at: MOMENT });
    // Everybody signs in, in the same order: what tells of sessions is the same whichever picture comes first.
    for (const role of new Set(still.demo.accounts.map((account) => account.role))) {
      await still.session(still.account(role));
    }
    return { told: still.tell(), stop: () => still.stop() };
  },
  changed: async () => {
    const changed = await Otklik.start({ at: MOMENT });
    return { told: changed.tell(), stop: () => changed.stop() };
  },
  checker: async () => {
    const checker = await HtmlChecker.start();
    return { told: checker.address, stop: () => checker.stop() };
  },
};

/** Runs before all tests: answers workers until the last test; ends what was started. */
export default async function setUp(): Promise<() => Promise<void>> {
  const started = new Map<string, Promise<Started<unknown>>>();
  const server = createServer((request, response) => {
    const what = request.url?.slice(1) ?? "";
    if (!(what in START)) return response.writeHead(404).end();
    const coming = started.get(what) ?? START[what as keyof Shared]();
    started.set(what, coming);
    return coming.then(
      ({ told }) => response.end(JSON.stringify(told)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  process.env[ADDRESS] = `http://127.0.0.1:${address.port}/`;
  return async () => {
    server.close();
    server.closeAllConnections();
    for (const one of await Promise.allSettled(started.values())) {
      if (one.status === "fulfilled") await one.value.stop();
    }
  };
}
