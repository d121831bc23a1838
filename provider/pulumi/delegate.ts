/**
 * The delegate: the only code of this package that Pulumi keeps in a stack's state. Its text is what `delete` and
 * `read` run for as long as the state lives, so it is written out here rather than serialized from a closure: the
 * same bytes on every machine, under every version of Node, TypeScript and Pulumi. It holds no secret and captures
 * nothing; all it does is to load the installed package's lifecycle, relative to the program.
 *
 * For ever: the package's name, its export `./lifecycle`, and `lifecycles[type]` with these seven methods.
 */
export function delegateText(type: string): string {
  return `exports.handler = () => {
  const lifecycle = () => {
    let path;
    try {
      path = require("module").createRequire(process.cwd() + "/").resolve("${PACKAGE}/lifecycle");
    } catch (error) {
      throw new Error("${PACKAGE} is not installed where this program can load it: run \`npm install ${PACKAGE}\` in " + process.cwd() + " and repeat the command; nothing was changed [PACKAGE_NOT_FOUND]");
    }
    return require(path).lifecycles.${type};
  };
  return {
    configure: (request) => lifecycle().configure(request),
    check: (olds, news) => lifecycle().check(olds, news),
    diff: (id, olds, news) => lifecycle().diff(id, olds, news),
    create: (inputs) => lifecycle().create(inputs),
    read: (id, props) => lifecycle().read(id, props),
    update: (id, olds, news) => lifecycle().update(id, olds, news),
    delete: (id, props) => lifecycle().delete(id, props),
  };
};
`;
}

export const PACKAGE = "pulumi-databricks-tokens";
