import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { freePort, Running } from "./process.js";

/** What `otklik demo` writes into `demo.json` of its data folder. */
export interface Demo {
  /** Base address of the citizens' pages, without a slash at the end. */
  public_url: string;
  /** Address of the admin zone, with a slash at the end. */
  admin_url: string;
  /** Where mail goes: a setting of the program. */
  mail: string;
  /** Code of an office that is closed. */
  closed_code: string;
  /** The first two responsible employees work at offices of different regions. */
  accounts: Account[];
  /** Every open office. */
  offices: Office[];
}

/** A demo account in one of its roles. */
export interface Account {
  login: string;
  password: string;
  role: Role;
  /** Role and body in words. */
  title: string;
  /** Code, number and name of the body on which the role is given; an office for a responsible employee. */
  body: string;
  body_id: string;
  body_name: string;
}

/** A demo office. */
export interface Office {
  id: string;
  code: string;
  name: string;
  /** Address of its questionnaire. */
  url: string;
}

/** Roles by the names they are stored under. */
export type Role =
  | "administrator"
  | "responsible_employee"
  | "unit_head"
  | "deputy_head"
  | "head"
  | "quality_group"
  | "analytical_centre"
  | "oiv_representative"
  | "mer_observer"
  | "technical_operator";

/** A running program, told to another process. */
export interface Told {
  demo: Demo;
  folder: string;
  /** Sessions that have begun, as pairs of login and cookie. */
  sessions: [string, Session][];
}

/** The cookie of a session, as a browser's context takes it. */
export interface Session {
  name: string;
  value: string;
  url: string;
}

/** What browsers call themselves: pages tell people where they are signed in. */
const AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

/** The program, running on demo content in a folder of its own. */
export class Otklik {
  private readonly sessions = new Map<string, Session>();

  private constructor(
    readonly demo: Demo,
    readonly folder: string,
    private readonly process?: Running,
  ) {}

  /** One that another process has started and will end. */
  static told({ demo, folder, sessions }: Told): Otklik {
    const otklik = new Otklik(demo, folder);
    for (const [login, session] of sessions) otklik.sessions.set(login, session);
    return otklik;
  }

  /** Itself, for another process. */
  tell(): Told {
    return { demo: this.demo, folder: this.folder, sessions: [...this.sessions] };
  }

  /** Starts it. `mail` and `database` are its settings; without them mail goes into a folder and data into SQLite.
   * With a moment `at` its clock stands there, and links in print are the same each time. */
  static async start(options: { mail?: string; database?: string; at?: string } = {}): Promise<Otklik> {
    const folder = await mkdtemp(join(tmpdir(), "otklik-e2e-"));
    const listen = `127.0.0.1:${options.at === undefined ? 0 : await freePort()}`;
    const mail = options.mail ?? `file:${join(folder, "mail")}`;
    const words = ["demo", "--data-dir", folder, "--listen", listen, "--mail", mail, "--seed", "1"];
    if (options.database !== undefined) words.push("--database-url", options.database);
    if (options.at !== undefined) {
      words.push("--at", options.at, "--public-url", "https://otklik.example", "--admin-url", `http://${listen}`);
    }
    const process = new Running(binary(), words, folder);
    try {
      const demo = await process.until("demo.json", async () => {
        return JSON.parse(await readFile(join(folder, "demo.json"), "utf8")) as Demo;
      });
      // Printed links carry the public address; the browser goes to where the program listens.
      if (options.at !== undefined) demo.public_url = `http://${listen}`;
      await process.until("an answer of /readyz", async () => {
        return (await fetch(`${demo.public_url}/readyz`)).ok || undefined;
      });
      return new Otklik(demo, folder, process);
    } catch (error) {
      await process.stop();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Starts one more node over the same database and folder; gives the address of its admin zone and its end. */
  async another(database: string): Promise<{ adminUrl: string; stop: () => Promise<void> }> {
    const listen = `127.0.0.1:${await freePort()}`;
    const settings = ["--data-dir", this.folder, "--database-url", database, "--mail", this.demo.mail];
    const node = new Running(binary(), ["serve", "--listen", listen, ...settings], this.folder);
    await node.until("an answer of the other node's /readyz", async () => {
      return (await fetch(`http://${listen}/readyz`)).ok || undefined;
    });
    return { adminUrl: `http://${listen}/admin/`, stop: () => node.stop() };
  }

  /** The accounts with a role, in the order of `demo.json`; at least as many as asked for. */
  accounts(role: Role, atLeast = 1): Account[] {
    const found = this.demo.accounts.filter((account) => account.role === role);
    if (found.length < atLeast) throw new Error(`demo.json has ${found.length} accounts ${role}, not ${atLeast}`);
    return found;
  }

  /** The first account with a role. */
  account(role: Role): Account {
    const [first] = this.accounts(role);
    if (first === undefined) throw new Error(`no account ${role}`);
    return first;
  }

  /** An account's session: begins with the first call by the form of the page, without a browser. */
  async session({ login, password }: Account): Promise<Session> {
    const kept = this.sessions.get(login);
    if (kept !== undefined) return kept;
    const url = `${this.demo.admin_url}login`;
    const body = new URLSearchParams({ login, password });
    const answer = await fetch(url, { method: "POST", body, headers: { "user-agent": AGENT }, redirect: "manual" });
    const [name, value] = answer.headers.getSetCookie()[0]?.split(";")[0]?.split("=") ?? [];
    if (answer.status !== 303 || name === undefined || value === undefined) {
      throw new Error(`${login} could not sign in: ${answer.status}`);
    }
    const session = { name, value, url: this.demo.admin_url };
    this.sessions.set(login, session);
    return session;
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    await this.process?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function binary(): string {
  const { OTKLIK_BIN, CARGO_TARGET_DIR } = process.env;
  const target = CARGO_TARGET_DIR ?? resolve(import.meta.dirname, "../../target");
  return OTKLIK_BIN ?? join(target, "debug/otklik");
}
