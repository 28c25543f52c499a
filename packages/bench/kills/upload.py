"""Uploads files with boto3 as a careful script would: files whose size on the server is right are skipped."""

import os
import sys

import boto3
from botocore.exceptions import ClientError

endpoint, bucket, *paths = sys.argv[1:]
s3 = boto3.client("s3", endpoint_url=endpoint)
for path in paths:
    name = os.path.basename(path)
    try:
        if s3.head_object(Bucket=bucket, Key=name)["ContentLength"] == os.path.getsize(path):
            continue
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
    s3.upload_file(path, bucket, name)
