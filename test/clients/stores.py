"""What Python's readers find in the stores; prints JSON. Values are made by the test."""

import json
import sys

command, *args = sys.argv[1:]
if command == "netrc":
    import netrc

    print(json.dumps(netrc.netrc(args[0]).hosts))
elif command == "requests":
    import requests

    print(json.dumps(requests.get(args[0], timeout=30).status_code))
elif command == "sdk":
    from databricks.sdk import WorkspaceClient

    client = WorkspaceClient(profile=args[0])
    print(json.dumps({"me": client.current_user.me().user_name, "host": client.config.host, "auth": client.config.auth_type}))
elif command == "keyring-get":
    import keyring

    print(json.dumps({"backend": keyring.get_keyring().name, "value": keyring.get_password(*args)}))
elif command == "keyring-set":
    import keyring

    print(json.dumps(keyring.set_password(*args)))
