import { Secret } from "../secret";
import { bearer } from "../workspace/client";
import type { Strategy } from "./strategy";

/** Sign-in by a personal access token: the setting `token`. */
export const pat: Strategy = {
  name: "pat",
  needs: ["token"],
  implemented: true,
  authorize: (source, setting) => {
    const token = new Secret(setting("token") ?? "");
    return bearer(token, `${source.title} (${source.nameOf("token")})`);
  },
};
