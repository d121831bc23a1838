"""Signs in by the profile, as the Databricks CLI does with `--profile pulumi-dev`."""

from databricks.sdk import WorkspaceClient

client = WorkspaceClient(profile="pulumi-dev")
print(client.current_user.me().user_name)
