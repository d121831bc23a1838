import assert from "node:assert/strict";
import { Cleanup } from "../../scripts/demo-cleanup";
import { ROOT } from "../engine/stack";

describe("the arguments of npm test", () => {
  const resolved = async (...args: string[]): Promise<string[]> =>
    (await import("../../scripts/test-arguments.mjs")).resolveTestArguments(ROOT, args);

  it("name folders and files with or without test/; options go to mocha", async () => {
    assert.deepEqual(await resolved(), []);
    assert.deepEqual(await resolved("unit", "test/engine/"), ["test/unit", "test/engine"]);
    assert.deepEqual(await resolved("unit/workspace/host.test.ts", "--grep", "unit"), [
      "test/unit/workspace/host.test.ts",
      "--grep",
      "unit",
    ]);
  });
  it("that name nothing are refused with what there is", async () => {
    await assert.rejects(resolved("units"), /There are no tests at units; there are .*test\/unit/);
    await assert.rejects(resolved("../provider"), /There are no tests at/);
  });
});

describe("the demo's cleanup", () => {
  async function around(work: (cleanup: Cleanup) => Promise<void>): Promise<[code: number, printed: string]> {
    let printed = "";
    const cleanup = new Cleanup((text) => {
      printed += `${text}\n`;
    });
    return [await cleanup.around(() => work(cleanup)), printed];
  }

  it("undoes in reverse order, after success and after a failure at any step", async () => {
    const done: string[] = [];
    const work = async (cleanup: Cleanup, fail: boolean): Promise<void> => {
      cleanup.add("a", () => done.push("a"));
      cleanup.add("b", () => done.push("b"));
      if (fail) throw new Error("no stack");
    };
    assert.deepEqual(await around((cleanup) => work(cleanup, false)), [0, ""]);
    assert.deepEqual(await around((cleanup) => work(cleanup, true)), [1, "\nno stack\n"]);
    assert.deepEqual(done, ["b", "a", "b", "a"]);
  });

  it("goes on past what can't be undone, and that is a failure", async () => {
    let undone = false;
    const [code, printed] = await around(async (cleanup) => {
      cleanup.add("the server", () => {
        undone = true;
      });
      cleanup.add("the folder", () => Promise.reject(new Error("busy")));
    });
    assert.deepEqual([code, printed, undone], [1, "Could not clean up the folder: busy\n", true]);
  });

  it("follows an interruption; the running command hears of SIGTERM from here, of Ctrl-C from the terminal", async () => {
    for (const [name, told] of [
      ["SIGINT", 0],
      ["SIGTERM", 1],
    ] as const) {
      let tellings = 0;
      let undone = 0;
      const [code, printed] = await around(async (cleanup) => {
        cleanup.add("it", () => (undone += 1));
        cleanup.onSigterm(() => (tellings += 1));
        process.emit(name, name);
        cleanup.throwIfInterrupted();
        assert.fail("the next step begins");
      });
      assert.deepEqual([code, tellings, undone], [1, told, 1]);
      assert.match(printed, new RegExp(`Interrupted \\(${name}\\)`));
    }
  });
});
