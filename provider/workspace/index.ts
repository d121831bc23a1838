export { type Authorization, bearer, clientFor, WorkspaceClient } from "./client";
export { parseHost } from "./host";
export {
  createToken,
  currentUser,
  listTokens,
  patchToken,
  revokeToken,
  revokeTokenAsAdmin,
  type TokenInfo,
} from "./tokens";
