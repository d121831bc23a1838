import type { TokenCredentialOptions } from "@azure/identity";

type AdditionalPolicy = NonNullable<TokenCredentialOptions["additionalPolicies"]>[number];

/** What the authority last answered, or why it did not: `@azure/identity` tells less in its errors. */
export interface ResponseRecord {
  origin?: string;
  status?: number;
  /** Epoch ms of its clock less ours. */
  clockOffsetMs?: number;
  failure?: unknown;
}

export function policyOf(responseRecord: ResponseRecord): AdditionalPolicy {
  return {
    position: "perRetry",
    policy: {
      name: "azure-response-recorder",
      async sendRequest(request, next) {
        responseRecord.origin = new URL(request.url).origin;
        try {
          const response = await next(request);
          const date = Date.parse(response.headers.get("date") ?? "");
          delete responseRecord.failure;
          responseRecord.status = response.status;
          if (!Number.isNaN(date)) responseRecord.clockOffsetMs = date - Date.now();
          return response;
        } catch (failure) {
          responseRecord.failure = failure;
          throw failure;
        }
      },
    },
  };
}
