"""What the official Python SDK picks for each case on standard input: auth_type and host, or its error. As JSON."""

import json
import logging
import os
import sys

from databricks.sdk.config import Config
from databricks.sdk.environments import AzureEnvironment, Cloud, DatabricksEnvironment

logging.disable(logging.CRITICAL)


def azure(origin):
    """Azure on this machine, as the SDK knows clouds; it has no setting for that."""
    cloud = AzureEnvironment("LOCAL", "https://management.core.windows.net/", f"{origin}/", f"{origin}/")
    return DatabricksEnvironment(Cloud.AZURE, ".local", "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d", cloud)


def pick(case):
    os.environ.clear()
    os.environ.update(case["env"])
    args = dict(case["args"])
    if case.get("azure"):
        args["databricks_environment"] = azure(case["azure"])
    try:
        config = Config(retry_timeout_seconds=1, **args)
        return {"authType": config.auth_type, "host": config.host}
    except Exception as error:
        return {"error": str(error)}


if __name__ == "__main__":
    print(json.dumps([pick(case) for case in json.load(sys.stdin)]))
