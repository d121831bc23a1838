import type { Source } from "./sources";

/** The machine itself: nothing is set there, but somebody may be signed in with a CLI, or a platform stands for it. */
export const detectedSource: Source = {
  kind: "environment",
  title: "this machine",
  nameOf: (setting) => setting,
  get: () => undefined,
};
