// The test holds the market's clock. A client tells it what it wants on its output, one line of JSON each, and goes on when it answers.
import { createInterface } from "node:readline";

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function tell(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
  const { done } = await answers.next();
  if (done) {
    throw new Error("The test has gone.");
  }
}

/** Lets market time pass, in seconds. */
export const pass = (seconds) => tell({ pass: seconds });

/** Says that a chapter of the day is over. */
export const chapter = (name) => tell({ chapter: name });

const patience = 10_000;

/** What a stream has told so far, and a way to wait for more. */
export class Inbox {
  #items = [];
  #wake = () => {};

  push(item) {
    this.#items.push(item);
    this.#wake();
  }

  get items() {
    return this.#items;
  }

  /** The first item that fits, now or as soon as it comes. */
  async first(fits, what) {
    const ends = Date.now() + patience;
    for (;;) {
      const found = this.#items.find(fits);
      if (found !== undefined) {
        return found;
      }

      const left = ends - Date.now();
      if (left <= 0) {
        throw new Error(`${what} did not come; the stream told ${JSON.stringify(this.#items)}`);
      }

      await new Promise((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
