"""Signs in with the official Python SDK as each case on standard input says; prints who it is, or the error. As JSON."""

import json
import logging
import os
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.config import Config

import parity

logging.disable(logging.CRITICAL)


def who(case):
    os.environ.clear()
    os.environ.update(case["env"])
    args = {"databricks_environment": parity.azure(case["azure"])} if case.get("azure") else {}
    try:
        client = WorkspaceClient(config=Config(retry_timeout_seconds=1, **args))
        return [client.config.auth_type, client.current_user.me().user_name]
    except Exception as error:
        return [type(error).__name__, str(error)]


print(json.dumps([who(case) for case in json.load(sys.stdin)]))
