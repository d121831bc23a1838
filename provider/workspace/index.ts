export * from "./client";
export { isLoopback, parseHost } from "./host";
export * from "./tokens";
