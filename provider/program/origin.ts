import type * as pulumi from "@pulumi/pulumi";

/** In the program: the origin with what the URN says of the parent, for a dynamic provider is not told its URN. */
export function withinParent(properties: pulumi.Inputs, parent: pulumi.Resource | undefined): pulumi.Inputs {
  const { origin } = properties;
  if (!parent) return properties;
  // A promise, not an output: the resource would else depend on its own parent, and so on itself.
  const urn = new Promise<string>((done) => void parent.urn.apply(done));
  return {
    ...properties,
    origin: Promise.all([origin, urn]).then(([origin, urn]) => ({ ...origin, parent: urn.split("::")[2] ?? "" })),
  };
}
