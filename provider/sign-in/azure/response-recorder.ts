import type { TokenCredentialOptions } from "@azure/identity";

type AdditionalPolicy = NonNullable<TokenCredentialOptions["additionalPolicies"]>[number];

/** What the authority last answered, or why it did not: `@azure/identity` tells less in its errors. */
export interface Witness {
  origin?: string;
  status?: number;
  /** Epoch ms of its clock less ours. */
  clockOffsetMs?: number;
  failure?: unknown;
}

export function policyOf(witness: Witness): AdditionalPolicy {
  return {
    position: "perRetry",
    policy: {
      name: "witness",
      async sendRequest(request, next) {
        witness.origin = new URL(request.url).origin;
        try {
          const response = await next(request);
          const date = Date.parse(response.headers.get("date") ?? "");
          delete witness.failure;
          witness.status = response.status;
          if (!Number.isNaN(date)) witness.clockOffsetMs = date - Date.now();
          return response;
        } catch (failure) {
          witness.failure = failure;
          throw failure;
        }
      },
    },
  };
}
