import assert from "node:assert/strict";
import { credentialsFor, resolveHost, type Surroundings, timeLimitsFrom } from "../../../provider/sign-in";
import { workspaceHost } from "../../../provider/sign-in/azure/workspace-host";
import { readProfiles } from "../../../provider/sign-in/profiles";

const HOST = "https://adb-1.2.azuredatabricks.net";
const OTHER = "https://adb-9.9.azuredatabricks.net";

const around = (
  given: { config?: Record<string, string>; env?: Record<string, string>; file?: string } = {},
): Surroundings => ({
  config: (key) => given.config?.[key],
  env: given.env ?? {},
  readFile: (path) => (path === "/home/me/.databrickscfg" ? given.file : undefined),
  home: "/home/me",
});
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (error) {
    return (error as { code: string }).code;
  }
};
/** The sources of the credentials, the configured identity first; throws where there is none. */
const sources = (workspace: object, s: Surroundings): string[] => {
  const { credentials, problem } = credentialsFor(HOST, workspace, s);
  if (problem) throw problem;
  return credentials.map((item) => item.source);
};

describe("credentials", () => {
  const everything = around({
    config: { "databricks:token": "a", "databricks:host": HOST },
    env: { DATABRICKS_TOKEN: "b", DATABRICKS_HOST: HOST },
    file: `[DEFAULT]\nhost = ${HOST}\ntoken = c\n[prod]\nhost = ${HOST}\ntoken = d\n`,
  });

  it("come from config, environment and profile, in this order", async () => {
    const found = credentialsFor(HOST, {}, everything).credentials;
    const values = await Promise.all(found.map(async (item) => (await item.headers())["authorization"]?.reveal()));
    assert.deepEqual(values, ["Bearer a", "Bearer b", "Bearer c"]);
    assert.equal(found[0]?.source, "Pulumi config (databricks:token)");
    assert.equal(new Set(found.map((item) => item.identityKey)).size, 3);
  });

  it("a profile that workspace names comes first", () => {
    assert.equal(sources({ profile: "prod" }, everything)[0], "profile prod of ~/.databrickscfg (token)");
  });

  it("go only to the host that they are meant for", () => {
    const mixed = around({
      config: { "databricks:token": "a" },
      env: { DATABRICKS_TOKEN: "b", DATABRICKS_HOST: OTHER },
    });
    assert.deepEqual(sources({}, mixed), ["Pulumi config (databricks:token)"]);
  });

  it("of the environment are not for a second workspace, unless they name its host", () => {
    const env = { DATABRICKS_TOKEN: "b" };
    assert.equal(
      codeOf(() => sources({ configNamespace: "second" }, around({ env }))),
      "NO_CREDENTIALS",
    );
    assert.equal(sources({ configNamespace: "second" }, around({ env: { ...env, DATABRICKS_HOST: HOST } })).length, 1);
  });

  it("two kinds at once in one source are an error that names both, unless authType forces one", () => {
    const both = around({ env: { DATABRICKS_TOKEN: "b", DATABRICKS_CLIENT_ID: "i", DATABRICKS_CLIENT_SECRET: "s" } });
    assert.throws(() => sources({}, both), /DATABRICKS_TOKEN.*DATABRICKS_CLIENT_ID.*AMBIGUOUS_CREDENTIALS/s);
    assert.equal(sources({ authType: "pat" }, both).length, 1);
    assert.equal(
      codeOf(() => sources({ authType: "magic" }, both)),
      "INVALID_CONFIG",
    );
  });

  it("none: an error that lists every place, and why", () => {
    const s = around({ file: `[DEFAULT]\nhost=${OTHER}\ntoken=t\n` });
    assert.throws(() => sources({}, s), /no databricks:token.*no DATABRICKS_TOKEN.*adb-9\.9.*NO_CREDENTIALS/s);
  });

  it("none: every strategy is named with what it lacks, where it could be", () => {
    const { problem } = credentialsFor(HOST, {}, around());
    const names = [
      "pat",
      "oauth-m2m",
      "github-oidc",
      "azure-devops-oidc",
      "env-oidc",
      "file-oidc",
      "azure-msi",
      "azure-client-secret",
    ];
    const found = ["databricks-cli", "azure-workload-identity", "azure-pipelines", "azure-cli"];
    for (const name of [...names, ...found]) assert.ok(problem?.message.includes(`(${name})`), name);
    assert.match(
      problem?.message ?? "",
      /the environment: no DATABRICKS_TOKEN \(pat\).*this machine: there is no Dat/s,
    );
  });

  it("a source whose sign-in can't be used yet stops there: nobody else is taken for it", () => {
    const s = around({
      env: { DATABRICKS_USERNAME: "u", DATABRICKS_PASSWORD: "p" },
      file: `[DEFAULT]\nhost=${HOST}\ntoken=t\n`,
    });
    assert.throws(() => sources({}, s), /basic.*INVALID_CONFIG/s);
    assert.equal(credentialsFor(HOST, {}, s).credentials.length, 1, "read and delete may fall back on the profile");
  });

  it("a source's own authType forces nobody else", () => {
    const file = `[DEFAULT]\nhost = ${OTHER}\nauth_type = databricks-cli\n`;
    const config = { "databricks:token": "a", "databricks:host": HOST };
    assert.equal(sources({}, around({ config, file })).length, 1);
    const s = around({ config: { ...config, "databricks:authType": "oauth-m2m" } });
    assert.throws(() => sources({}, s), /authType oauth-m2m leaves its pat aside/);
  });
});

describe("host of the workspace", () => {
  it("by the first place that names one", () => {
    const s = around({ config: { "databricks:host": HOST }, env: { DATABRICKS_HOST: OTHER } });
    assert.deepEqual(resolveHost({}, s), { host: HOST, source: "config", from: "Pulumi config databricks:host" });
    assert.equal(resolveHost({ host: OTHER }, s)?.source, "workspace");
    assert.equal(resolveHost({}, around({ env: { DATABRICKS_HOST: OTHER } }))?.from, "the environment DATABRICKS_HOST");
    assert.equal(resolveHost({}, around({ file: `host = ${HOST}\n` }))?.source, "profile");
    assert.equal(resolveHost({}, around()), undefined);
  });
});

describe("looking a workspace's address up in Azure", () => {
  it("passes no authType over that the config forces", async () => {
    const id = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Databricks/workspaces/w";
    const env = { ARM_CLIENT_ID: "i", ARM_CLIENT_SECRET: "s", ARM_TENANT_ID: "t" };
    const s = around({ config: { "databricks:authType": "azure-msi" }, env });
    await assert.rejects(workspaceHost(id, {}, s), /azure-msi.*NO_CREDENTIALS/s);
  });
});

describe("profiles", () => {
  it("are read as the official parsers do", () => {
    const profiles = readProfiles("host=h#1\n\n# note\n[prod] ; why\nToken = a=b;c # real\n", "cfg");
    assert.deepEqual(profiles.get("DEFAULT")?.settings.get("host"), "h#1");
    // For the SDK for Python there are no comments behind a value.
    assert.deepEqual(profiles.get("prod")?.settings.get("token"), "a=b;c # real");
  });
  it("a malformed line is named by its place, never by its text", () => {
    assert.throws(
      () => readProfiles("[a]\n  hunter2\n", "cfg"),
      (error: Error) => /line 2, column 3/.test(error.message) && !error.message.includes("hunter2"),
    );
  });
  it("one that stands twice is refused by name with both lines, and never merged; the others work", () => {
    const file = `[prod]\nhost = ${HOST}\n\n[other]\nhost = ${HOST}\ntoken = 1\n[prod]\ntoken = 2\n`;
    assert.throws(
      () => sources({ profile: "prod" }, around({ file })),
      /profile prod stands in it twice \(lines 1 and 7\)/,
    );
    assert.match(sources({ profile: "other" }, around({ file }))[0] ?? "", /profile other/);
    const twice = `[a]\ntoken = 1\nhost = ${HOST}\nTOKEN: 2\n`;
    assert.throws(
      () => sources({ profile: "a" }, around({ file: twice })),
      /token of profile a is set twice \(lines 2 and 4\)/,
    );
  });
  it("the CLI's own section names the profile where nobody else does, and is none itself", () => {
    const file = `[__settings__]\ndefault_profile = b\n[a]\ntoken = 1\n[b]\ntoken = 2\n[DEFAULT]\ntoken = 3\n`;
    assert.deepEqual(sources({}, around({ file })), ["profile b of ~/.databrickscfg (token)"]);
    assert.match(sources({ profile: "a" }, around({ file }))[0] ?? "", /profile a/);
    const missing = around({ file: "[__settings__]\ndefault_profile = c\n[a]\ntoken = 1\n" });
    assert.throws(() => sources({}, missing), /no profile c; there are a /);
    assert.throws(() => sources({ profile: "__settings__" }, around({ file })), /no profile __settings__/);
    const twice = around({ file: `${file}[__settings__]\ndefault_profile = a\n` });
    assert.throws(() => sources({}, twice), /__settings__.* twice \(lines 1 and 9\)/);
    assert.deepEqual(sources({ profile: "b" }, twice), ["profile b of ~/.databrickscfg (token)"]);
  });
  it("an unknown profile lists those there are", () => {
    const s = around({ file: "[a]\nhost=h\n[b]\nhost=h\n" });
    assert.throws(() => sources({ profile: "c" }, s), /no profile c; there are a, b/);
    assert.equal(
      codeOf(() => sources({ profile: "c" }, around())),
      "INVALID_CONFIG",
    );
  });
});

describe("a source that can't be used", () => {
  const broken = "[a]\nhunter2\n";
  it("hurts nobody whom an earlier one serves", () => {
    const s = around({ config: { "databricks:token": "a", "databricks:host": HOST }, file: broken });
    assert.equal(sources({}, s).length, 1);
    assert.equal(resolveHost({}, s)?.host, HOST);
    assert.equal(
      codeOf(() => sources({}, around({ file: broken }))),
      "INVALID_CONFIG",
    );
  });
  it("is no obstacle as a fallback in doubt", () => {
    const env = { DATABRICKS_TOKEN: "b", DATABRICKS_CLIENT_ID: "i", DATABRICKS_CLIENT_SECRET: "s" };
    assert.equal(sources({}, around({ config: { "databricks:token": "a" }, env })).length, 1);
    assert.equal(
      codeOf(() => sources({}, around({ env }))),
      "AMBIGUOUS_CREDENTIALS",
    );
  });
  it("a file that can't be read is named, and matters only to whom nobody else serves", () => {
    const unreadable = {
      ...around(),
      readFile: (): never => {
        throw Object.assign(new Error("EACCES: permission denied, open '/home/me/.databrickscfg'"), { code: "EACCES" });
      },
    };
    assert.throws(() => sources({}, unreadable), /EACCES: permission denied.*databrickscfg.*INVALID_CONFIG/);
    assert.equal(sources({}, { ...unreadable, env: { DATABRICKS_TOKEN: "t" } }).length, 1);
  });
  it("a token with a line break in it is refused before any call", () => {
    assert.equal(
      codeOf(() => sources({}, around({ env: { DATABRICKS_TOKEN: "a\nb" } }))),
      "INVALID_CONFIG",
    );
  });
});

describe("settings", () => {
  it("have defaults, and take config before environment", () => {
    assert.deepEqual(timeLimitsFrom({}, around()), { httpTimeoutMs: 30_000, operationTimeoutMs: 300_000 });
    const s = around({
      config: { "databricks:httpTimeoutSeconds": "5" },
      env: { DATABRICKS_HTTP_TIMEOUT_SECONDS: "9", DATABRICKS_OPERATION_TIMEOUT_SECONDS: "60" },
    });
    assert.deepEqual(timeLimitsFrom({}, s), { httpTimeoutMs: 5000, operationTimeoutMs: 60_000 });
    assert.equal(
      codeOf(() => timeLimitsFrom({}, around({ config: { "databricks:httpTimeoutSeconds": "soon" } }))),
      "INVALID_CONFIG",
    );
  });
});
