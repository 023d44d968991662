import { tmpdir } from "node:os";
import { resolve } from "node:path";

import { freePort, Running } from "./process.js";

const JAR = resolve(import.meta.dirname, "../node_modules/vnu-jar/build/dist/vnu.jar");

interface Message {
  type: string;
  subType?: string;
  lastLine?: number;
  message: string;
  extract?: string;
}

/** The Nu HTML checker as a service: started once, since a Java program starts slowly. */
export class HtmlChecker {
  private constructor(
    readonly address: string,
    private readonly process?: Running,
  ) {}

  /** One that another process has started and will end. */
  static told(address: string): HtmlChecker {
    return new HtmlChecker(address);
  }

  static async start(): Promise<HtmlChecker> {
    const port = await freePort();
    const settings = ["-Dnu.validator.servlet.bind-address=127.0.0.1", "-Xss2m", "-Xmx256m"];
    const words = [...settings, "-cp", JAR, "nu.validator.servlet.Main", String(port)];
    const process = new Running("java", words, tmpdir());
    const checker = new HtmlChecker(`http://127.0.0.1:${port}/?out=json`, process);
    const page = '<!doctype html><html lang="en"><title>a</title><p>a</p></html>';
    await process.until("an answer of the HTML checker", () => checker.errors(page));
    return checker;
  }

  /** Every error the checker finds in a page, one sentence each. */
  async errors(html: string): Promise<string[]> {
    const headers = { "content-type": "text/html; charset=utf-8" };
    const answer = await fetch(this.address, { method: "POST", headers, body: html });
    if (!answer.ok) throw new Error(`the HTML checker answered ${answer.status}`);
    const { messages } = (await answer.json()) as { messages: Message[] };
    const wrong = messages.filter((one) => one.type === "error" || one.type === "non-document-error");
    return wrong.map((one) => `line ${one.lastLine ?? "?"}: ${one.message}  ${one.extract ?? ""}`);
  }

  async stop(): Promise<void> {
    await this.process?.stop();
  }
}
