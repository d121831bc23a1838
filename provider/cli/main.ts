#!/usr/bin/env node
/** Loads what needs a new Node only then: an old one is told so in a line, not by a stack. */
import("./commands.js")
  .then(({ run }) => run(process.argv.slice(2)))
  .catch((error: Error) => {
    process.stderr.write(`error: ${error.message}\n`);
    return 1;
  })
  .then((code) => {
    process.exitCode = code;
  });
