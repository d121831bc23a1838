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
elif command == "netrc-many":
    import netrc
    import tempfile

    # Texts come as Latin-1, which holds any bytes; what Python says of each: an error's kind, or nothing.
    answers = []
    for text in json.load(sys.stdin):
        with tempfile.NamedTemporaryFile() as file:
            file.write(text.encode("latin-1"))
            file.flush()
            try:
                netrc.netrc(file.name)
                answers.append("")
            except (netrc.NetrcParseError, UnicodeDecodeError) as error:
                answers.append(type(error).__name__)
    print(json.dumps({"version": sys.version_info[:2], "answers": answers}))
elif command == "configparser":
    import configparser

    parser = configparser.ConfigParser()
    try:
        parser.read(args[0], encoding="utf-8")
        print(json.dumps(""))
    except (configparser.Error, UnicodeDecodeError) as error:
        print(json.dumps(type(error).__name__))
