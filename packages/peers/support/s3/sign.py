"""Prints what boto3 signs. Reads one JSON object from its input, so that no key stands in a command line."""

import json
import sys

import boto3
from botocore.config import Config

order = json.load(sys.stdin)
client = boto3.client(
    "s3",
    endpoint_url=order["endpoint"],
    region_name="us-east-1",
    aws_access_key_id=order["credentials"]["accessKeyId"],
    aws_secret_access_key=order["credentials"]["secretAccessKey"],
    aws_session_token=order["credentials"].get("sessionToken"),
    config=Config(signature_version=order["version"], s3={"addressing_style": "path"}),
)
if order["what"] == "post":
    answer = client.generate_presigned_post(
        order["bucket"],
        order["key"],
        Fields=order.get("fields"),
        Conditions=order.get("conditions"),
        ExpiresIn=order.get("expiresIn", 300),
    )
else:
    answer = client.generate_presigned_url(
        "put_object",
        Params={"Bucket": order["bucket"], "Key": order["key"]},
        ExpiresIn=order.get("expiresIn", 300),
    )
json.dump(answer, sys.stdout)
