export { isLoopback } from "../http/loopback";
export * from "./client";
export { parseHost } from "./host";
export * from "./secrets";
export * from "./settings";
export * from "./token-management";
export * from "./tokens";
