import { once } from "node:events";

import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";

/** One message as the mail server got it. */
export interface Received {
  /** Whom the envelope names. */
  recipients: string[];
  /** The message, decoded. */
  message: Email;
  /** The message as it came. */
  source: string;
}

/** A real mail server that keeps what it gets. */
export class MailServer {
  readonly received: Received[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly server: SMTPServer;
  private port = 0;

  private constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["AUTH", "STARTTLS"],
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const source = Buffer.concat(chunks);
          const recipients = session.envelope.rcptTo.map((recipient) => recipient.address);
          PostalMime.parse(source).then((message) => {
            this.received.push({ recipients, message, source: source.toString("utf8") });
            done();
            for (const wake of this.waiting) wake();
          }, done);
        });
      },
    });
  }

  static async start(): Promise<MailServer> {
    const sink = new MailServer();
    const listener = sink.server.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const address = listener.address();
    if (address === null || typeof address === "string") throw new Error("the mail server has no port");
    sink.port = address.port;
    return sink;
  }

  /** Its address, as a setting of the program. */
  get setting(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** What has come so far for an address. */
  to(address: string): Received[] {
    return this.received.filter((one) => one.recipients.includes(address));
  }

  /** The first message for an address, as soon as it is there. */
  async first(address: string, patience = 30_000): Promise<Received> {
    const late = AbortSignal.timeout(patience);
    for (;;) {
      const [found] = this.to(address);
      if (found !== undefined) return found;
      await new Promise<void>((wake, fail) => {
        const woken = () => {
          this.waiting.delete(woken);
          wake();
        };
        this.waiting.add(woken);
        late.addEventListener("abort", () => fail(new Error(`no mail for ${address} in ${patience / 1000} s`)));
      });
    }
  }

  async stop(): Promise<void> {
    await new Promise<void>((ended) => this.server.close(() => ended()));
  }
}
