import type * as pulumi from "@pulumi/pulumi";

/** Which resource of which program. */
export interface EntryOrigin {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly name: string;
  /** The types of the components that the resource is in, as its URN has them: each may have one of this name. */
  readonly parent?: string;
}

/** The same for the same resource alone; for people, too. */
export const originText = ({ organization, project, stack, name, parent }: EntryOrigin): string =>
  [organization, project, stack, name].join("/") + (parent ? ` in ${parent}` : "");

/** The same for every resource of one stack. */
export const stackText = ({ organization, project, stack }: EntryOrigin): string =>
  [organization, project, stack].join("/");

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
