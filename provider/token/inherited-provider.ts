/**
 * Why a resource whose parent was given a provider of the package `databricks` has to name its workspace. Where that is
 * known only later, `check` says so, by this member of `workspace`: a refusal in an output keeps Pulumi waiting for minutes.
 */
export const INHERITED_PROVIDER = "inheritedProvider";

export const INHERITED_PROVIDER_TEXT =
  "its parent was given a provider of the package databricks, which this resource can't use: the workspace of the config " +
  "or the environment would be taken in silence. Say on the resource which one is meant: workspace: { host }, " +
  "{ profile } or { configNamespace }";
