export * from "./client";
export { isLoopback, parseHost } from "./host";
export * from "./secrets";
export * from "./settings";
export * from "./token-management";
export * from "./tokens";
