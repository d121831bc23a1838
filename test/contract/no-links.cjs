// A file system without hard links, as SMB and exFAT are: loaded into a process by `node --require`.
const promises = require("node:fs/promises");
promises.link = async (from, to) => {
  const error = new Error(`ENOTSUP: operation not supported on socket, link '${from}' -> '${to}'`);
  throw Object.assign(error, { code: "ENOTSUP", syscall: "link" });
};
