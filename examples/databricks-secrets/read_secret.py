"""Reads the secret as a program outside a notebook does, and signs in with it. Usage: read_secret.py SCOPE KEY"""

import sys

from databricks.sdk import WorkspaceClient

scope, key = sys.argv[1:]
workspace = WorkspaceClient()
token = workspace.dbutils.secrets.get(scope, key)

reader = WorkspaceClient(host=workspace.config.host, token=token, auth_type="pat")
print(len(list(reader.clusters.list())), "clusters")
