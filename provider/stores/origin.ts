import type * as pulumi from "@pulumi/pulumi";

/** Which resource of which program. */
export interface EntryOrigin {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly name: string;
  /** The URN of the component that the resource is in: two may each have one of this name. */
  readonly parent?: string;
}

/** The same for the same resource alone; for people, too. */
export const originText = ({ organization, project, stack, name, parent }: EntryOrigin): string =>
  [organization, project, stack, name].join("/") + (parent ? ` in ${parent}` : "");

/** The same for every resource of one stack. */
export const stackText = ({ organization, project, stack }: EntryOrigin): string =>
  [organization, project, stack].join("/");

/** In the program: the origin with the parent's URN, which a dynamic provider is not told. */
export function withinParent(properties: pulumi.Inputs, parent: pulumi.Resource | undefined): pulumi.Inputs {
  const { origin } = properties;
  if (!parent) return properties;
  // A promise, not an output: the resource would else depend on its own parent, and so on itself.
  const urn = new Promise<string>((done) => void parent.urn.apply(done));
  return { ...properties, origin: urn.then((parent) => ({ ...origin, parent })) };
}
