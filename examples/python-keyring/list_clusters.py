"""Calls the Clusters API with the token that the keyring holds: python list_clusters.py HOST"""

import json
import sys
import urllib.request

import keyring

token = keyring.get_password("databricks", "token")
request = urllib.request.Request(f"{sys.argv[1]}/api/2.0/clusters/list", headers={"Authorization": f"Bearer {token}"})
with urllib.request.urlopen(request) as answer:
    print(json.load(answer))
