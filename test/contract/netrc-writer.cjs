// Writes entries of one .netrc until it is killed: test/contract/stores-together.test.ts starts and kills it.
const { lifecycles } = require("../../dist/lifecycle");

async function main([name, file]) {
  const origin = { organization: "o", project: "p", stack: "s", name };
  const entries = lifecycles.NetrcEntry;
  const inputs = async (olds, count) => {
    const news = { machine: `${name}.example.com`, password: `value-${count}-${"x".repeat(2000)}`, path: file, origin };
    return (await entries.check(olds, { ...news, adopt: true })).inputs;
  };
  let { id, outs } = await entries.create(await inputs({}, 0));
  process.stdout.write("writing\n");
  for (let count = 1; ; count += 1) ({ outs } = await entries.update(id, outs, await inputs(outs, count)));
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
