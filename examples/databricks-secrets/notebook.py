# Databricks notebook source
# It runs on a Databricks cluster alone: `dbutils` and the workspace's address are there without an import.
import requests

token = dbutils.secrets.get(scope="ci", key="jobs-token")  # noqa: F821  (prints as [REDACTED] in a notebook)
host = f"https://{spark.conf.get('spark.databricks.workspaceUrl')}"  # noqa: F821
answer = requests.get(f"{host}/api/2.0/clusters/list", headers={"Authorization": f"Bearer {token}"}, timeout=30)
print(answer.status_code)
