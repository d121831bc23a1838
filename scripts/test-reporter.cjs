const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** Mocha's spec reporter, which also writes the counts to the file that `output` names. */
module.exports = class Counting extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const counts = { passed: 0, failed: 0, pending: [] };
    const write = () => writeFileSync(options.reporterOptions.output, JSON.stringify(counts));
    write();
    runner.on("pass", () => {
      counts.passed += 1;
    });
    runner.on("fail", () => {
      counts.failed += 1;
    });
    runner.on("pending", (test) => counts.pending.push(test.fullTitle()));
    runner.on("end", write);
  }
};
