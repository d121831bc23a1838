"""Drives the workspace's secrets with the official Python SDK; prints what it saw as JSON."""

import base64
import json
import os
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, NotFound, ResourceAlreadyExists

client = WorkspaceClient(host=os.environ["DATABRICKS_HOST"], token=os.environ["DATABRICKS_TOKEN"], auth_type="pat")


def get(scope, key):
    return base64.b64decode(client.secrets.get_secret(scope, key).value).decode()


def refused(kind, call):
    try:
        call()
    except kind as error:
        return type(error).__name__


if len(sys.argv) > 1:
    print(json.dumps({"value": get(*sys.argv[1:]), "dbutils": client.dbutils.secrets.get(*sys.argv[1:])}))
    sys.exit()

seen = {"none": [scope.name for scope in client.secrets.list_scopes()]}
client.secrets.create_scope("sdk", initial_manage_principal="users")
seen["again"] = refused(ResourceAlreadyExists, lambda: client.secrets.create_scope("sdk"))
seen["scopes"] = [[scope.name, scope.backend_type.value] for scope in client.secrets.list_scopes()]
seen["empty"] = len(list(client.secrets.list_secrets("sdk")))
client.secrets.put_secret("sdk", "text", string_value="grüße")
client.secrets.put_secret("sdk", "bytes", bytes_value=base64.b64encode(b"raw").decode())
seen["values"] = [get("sdk", "text"), get("sdk", "bytes")]
before = {secret.key: secret.last_updated_timestamp for secret in client.secrets.list_secrets("sdk")}
client.secrets.put_secret("sdk", "text", string_value="changed")
after = {secret.key: secret.last_updated_timestamp for secret in client.secrets.list_secrets("sdk")}
seen["keys"] = sorted(after)
seen["newer"] = [after["text"] > before["text"], after["bytes"] > before["bytes"]]
seen["vault"] = refused(BadRequest, lambda: client.secrets.put_secret("vault", "k", string_value="x"))
seen["too_big"] = refused(BadRequest, lambda: client.secrets.put_secret("sdk", "k", string_value="x" * 131073))
client.secrets.delete_secret("sdk", "text")
seen["gone"] = refused(NotFound, lambda: client.secrets.delete_secret("sdk", "text"))
client.secrets.delete_scope("sdk")
seen["no_scope"] = refused(NotFound, lambda: list(client.secrets.list_secrets("sdk")))
print(json.dumps(seen))
