"""Reads files as the official SDK for Python reads .databrickscfg: one JSON document in, one out."""

import configparser
import json
import os
import sys
import tempfile


def read(path):
    parser = configparser.ConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        return {"error": type(error).__name__}
    # As config.py does it: neither inherited from DEFAULT nor interpolated.
    profiles = {name: dict(values) for name, values in parser._sections.items()}
    if parser.defaults():
        profiles["DEFAULT"] = dict(parser.defaults())
    return {"profiles": profiles}


answers = []
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "cfg")
    for text in json.load(sys.stdin):
        with open(path, "wb") as file:
            file.write(text.encode("utf-8"))
        answers.append(read(path))
json.dump(answers, sys.stdout)
