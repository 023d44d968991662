import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** How long a program may take to start or to end, in milliseconds. */
export const PATIENCE = 90_000;

/** A program started for a test, with what it said so far. */
export class Running {
  private said = "";
  private readonly child: ChildProcess;
  private readonly kill = () => this.child.kill("SIGKILL");

  constructor(private readonly program: string, words: string[], folder: string) {
    this.child = spawn(program, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    const keep = (chunk: Buffer) => {
      this.said = (this.said + chunk.toString()).slice(-20_000);
    };
    this.child.stdout?.on("data", keep);
    this.child.stderr?.on("data", keep);
    this.child.on("error", (error) => keep(Buffer.from(String(error))));
    process.on("exit", this.kill);
  }

  /** Whether it has ended or could never be started. */
  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined;
  }

  /** Asks again and again until there is an answer; fails when the program ends first. */
  async until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    const last = Date.now() + PATIENCE;
    while (Date.now() < last) {
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined) return answer;
      if (this.ended) throw new Error(`${this.program} ended before ${what}. It said:\n${this.said}`);
      await pause(50);
    }
    throw new Error(`${this.program}: no ${what} in ${PATIENCE / 1000} s. It said:\n${this.said}`);
  }

  /** Ends it as a supervisor would. */
  async stop(): Promise<void> {
    process.off("exit", this.kill);
    if (this.ended) return;
    const end = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const stubborn = setTimeout(this.kill, 15_000);
    await end;
    clearTimeout(stubborn);
  }
}

/** A port of 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
