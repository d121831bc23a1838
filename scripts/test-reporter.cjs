const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** Mocha's spec reporter, which also writes the counts to the file that `output` names, so far as it came. */
module.exports = class Counting extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const counts = { passed: 0, failed: 0, pending: [] };
    const write = () => writeFileSync(options.reporterOptions.output, JSON.stringify(counts));
    write();
    // Each time, not at the end: a run that is killed has counts too.
    runner.on("pass", () => {
      counts.passed += 1;
      write();
    });
    runner.on("fail", () => {
      counts.failed += 1;
      write();
    });
    runner.on("pending", (test) => {
      counts.pending.push(test.fullTitle());
      write();
    });
  }
};
