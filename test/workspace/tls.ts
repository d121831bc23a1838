import { KeyObject, webcrypto } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";

/** A certificate authority for tests, made at run time, and a certificate of it for this machine. */
export interface TestCa {
  /** For NODE_EXTRA_CA_CERTS and REQUESTS_CA_BUNDLE of a child process. */
  readonly caFile: string;
  readonly key: string;
  readonly cert: string;
  remove(): void;
}

const DAY_MS = 86_400_000;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const { KeyUsageFlags } = x509;

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

export async function makeTestCa(): Promise<TestCa> {
  x509.cryptoProvider.set(webcrypto);
  const [caKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  const valid = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...valid,
    serialNumber: "01",
    name: "CN=Test CA",
    signingAlgorithm: ALGORITHM,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...valid,
    serialNumber: "02",
    subject: "CN=localhost",
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
      ]),
    ],
  });
  const folder = mkdtempSync(join(tmpdir(), "pdt-ca-"));
  const caFile = join(folder, "ca.pem");
  writeFileSync(caFile, ca.toString("pem"));
  return {
    caFile,
    key: String(KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" })),
    cert: certificate.toString("pem"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
