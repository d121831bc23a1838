/** The resource that a token belongs to, as the marker names it. */
export interface TokenOrigin {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly name: string;
}

/** Which resource of which program, where more than one may have the name. */
export interface EntryOrigin extends TokenOrigin {
  /** The types of the components that the resource is in, as its URN has them: each may have one of this name. */
  readonly parent?: string;
}

/** The same for the same resource alone; for people, too. */
export const originText = ({ organization, project, stack, name, parent }: EntryOrigin): string =>
  [organization, project, stack, name].join("/") + (parent ? ` in ${parent}` : "");

/** The same for every resource of one stack. */
export const stackText = ({ organization, project, stack }: EntryOrigin): string =>
  [organization, project, stack].join("/");
