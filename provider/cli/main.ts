#!/usr/bin/env node
/** Loads what needs a new Node only then: an old one is told so in a line, not by a stack. */
import("./commands.js")
  .then(({ run }) => run(process.argv.slice(2)))
  .catch((error: Error) => {
    process.stderr.write(`error: ${error.message}\n`);
    return 1;
  })
  .then((code) => {
    // Not by waiting for all that a library still waits for: a program that holds a pipe open would hold this one.
    process.exitCode = code;
    process.stdout.write("", () => process.stderr.write("", () => process.exit()));
  });
