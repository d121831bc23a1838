import { DatabricksTokensError, type ErrorCode } from "../../errors";
import { clockSkew } from "../../http/clock-skew";
import { errorFromNetwork } from "../../http/error-from-network";
import { quote } from "../../http/quote";
import { Secret } from "../../secret";
import type { SignIn } from "../strategy";
import type { Fetch } from "../token-cache";
import { type Cloud, cloudOf, isKnownAuthority } from "./cloud";
import { policyOf, type ResponseRecord } from "./response-recorder";

/** What all credentials of `@azure/identity` share. */
export interface EntraCredential {
  getToken(
    scope: string,
    options: { abortSignal: AbortSignal },
  ): Promise<{ token: string; expiresOnTimestamp: number } | null>;
}

/** Makes a credential anew for every fetch: what it caches inside would outlive a refusal. */
export type MakeCredential = (
  options: ReturnType<typeof optionsFor>,
  until: number,
) => EntraCredential | Promise<EntraCredential>;

function optionsFor({ authority }: Cloud, responseRecord: ResponseRecord) {
  return {
    authorityHost: authority,
    // Validation asks Microsoft whether an authority is one of its own; those of private clouds are not.
    disableInstanceDiscovery: !isKnownAuthority(authority),
    redirectOptions: { maxRetries: 0 },
    retryOptions: { maxRetries: 2, retryDelayInMs: 300 },
    additionalPolicies: [policyOf(responseRecord)],
  };
}

/** Gets tokens for a scope from Entra ID. Failures name the strategy, its source and the authority. */
export function entraTokens(strategy: string, signIn: SignIn, make: MakeCredential, scope: string): Fetch {
  const cloud = cloudOf(signIn);
  return async (until) => {
    const responseRecord: ResponseRecord = {};
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), Math.max(0, until - Date.now()));
    try {
      const credential = await make(optionsFor(cloud, responseRecord), until);
      const token = await Promise.race([
        credential.getToken(scope, { abortSignal: abort.signal }),
        aborted(abort.signal),
      ]);
      if (!token) throw new Error("no token was given");
      return { value: new Secret(token.token), expiresAt: token.expiresOnTimestamp };
    } catch (error) {
      if (error instanceof DatabricksTokensError) throw error;
      throw meaning(error, { strategy, signIn, responseRecord, cloud, timedOut: abort.signal.aborted });
    } finally {
      clearTimeout(timer);
    }
  };
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, failed) => signal.addEventListener("abort", () => failed(new Error("aborted")), { once: true }));

interface Circumstances {
  readonly strategy: string;
  readonly signIn: SignIn;
  readonly responseRecord: ResponseRecord;
  readonly cloud: Cloud;
  readonly timedOut: boolean;
}

function meaning(
  error: unknown,
  { strategy, signIn, responseRecord, cloud, timedOut }: Circumstances,
): DatabricksTokensError {
  const { from, setting } = signIn;
  const authority = responseRecord.origin ?? cloud.authority;
  const failed = (code: ErrorCode, text: string): DatabricksTokensError =>
    new DatabricksTokensError(code, `The sign-in ${strategy} (${from}) failed: ${text}`);
  if (timedOut) return failed("TIMEOUT", `${authority} gave no token in time`);
  if (responseRecord.failure !== undefined) {
    const network = errorFromNetwork(responseRecord.failure, {
      host: authority,
      timeoutMs: 0,
      timedOut,
      proxied: false,
    });
    return failed(network.code, network.text);
  }
  const { status = 0 } = responseRecord;
  if (status >= 300 && status < 400) {
    return failed("WRONG_HOST", `${authority} answered ${status} and sends callers elsewhere, which is never followed`);
  }
  const { errorResponse, message } = error as { errorResponse?: { errorDescription?: string }; message?: string };
  const hide = ["azureClientSecret"].map(setting).filter((value) => value !== undefined);
  const said = quote(
    errorResponse?.errorDescription || message || String(error),
    hide.map((value) => new Secret(value)),
  );
  const where = status === 0 ? "" : `${authority} answered ${status}: `;
  const code = status >= 500 ? "SERVER_ERROR" : status === 429 ? "THROTTLED" : "CREDENTIAL_REFUSED";
  return failed(code, `${where}${said}${clockSkew(responseRecord.clockOffsetMs)}`);
}
