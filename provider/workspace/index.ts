export { isLoopback } from "../http/loopback";
export type { CallRequest, CallResult, ClientOptions } from "./call";
export * from "./client";
export * from "./clients";
export { parseHost } from "./host";
export * from "./secrets";
export * from "./token-management";
export * from "./token-settings";
export * from "./tokens";
