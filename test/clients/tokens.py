"""Drives a workspace with the official Python SDK; prints what it saw as JSON, without token values."""

import json
import os

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound

client = WorkspaceClient(host=os.environ["DATABRICKS_HOST"], token=os.environ["DATABRICKS_TOKEN"], auth_type="pat")
seen = {"me": client.current_user.me().user_name, "workspace_id": client.get_workspace_id()}

created = client.tokens.create(comment="from the SDK", lifetime_seconds=3600, scopes=["clusters"])
token_id = created.token_info.token_id
lifetime = created.token_info.expiry_time - created.token_info.creation_time
seen["created"] = {"comment": created.token_info.comment, "lifetime": lifetime, "value": bool(created.token_value)}
seen["listed"] = [token.comment for token in client.tokens.list()]

client.api_client.do(
    "PATCH",
    f"/api/2.0/token/{token_id}",
    body={"token": {"comment": "changed"}, "update_mask": "comment"},
)
seen["changed"] = [token.comment for token in client.tokens.list()]
seen["managed"] = [token.created_by_username for token in client.token_management.list()]
seen["conf"] = client.workspace_conf.get_status("enableTokensConfig")

scoped = WorkspaceClient(host=os.environ["DATABRICKS_HOST"], token=created.token_value, auth_type="pat")
seen["clusters"] = len(list(scoped.clusters.list()))

client.tokens.delete(token_id)
seen["after"] = len(list(client.tokens.list()))
try:
    client.tokens.delete(token_id)
except NotFound as error:
    seen["again"] = type(error).__name__

autoscoped = client.tokens.create(lifetime_seconds=3600, autoscope_enabled=True)
user = WorkspaceClient(host=os.environ["DATABRICKS_HOST"], token=autoscoped.token_value, auth_type="pat")
list(user.clusters.list())
managed = client.token_management.get(autoscoped.token_info.token_id).token_info
# The SDK drops a state that its enumeration does not know.
seen["autoscope"] = {"state": managed.autoscope_state.value, "inferred": managed.inferred_scopes}
seen["got"] = managed.created_by_username
client.token_management.delete(managed.token_id)
try:
    client.token_management.get(managed.token_id)
except NotFound as error:
    seen["gone"] = type(error).__name__
print(json.dumps(seen))
