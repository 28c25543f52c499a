import { assert, describe, it } from "@effect/vitest"
import { StorageMarks } from "@holdfast/s3"

describe("StorageMarks", () => {
  it("identifies each storage vendor by its documented headers", () => {
    const answers: ReadonlyArray<readonly [Readonly<Record<string, string>>, string]> = [
      [{ "x-amz-request-id": "7TXQEXAMPLE00001", "x-amz-id-2": "id=", server: "AmazonS3" }, "Amazon S3"],
      [{ "x-amz-request-id": "tx00000ed30fed522946e00-006b0c1057-1008-default" }, "Amazon S3"],
      [{ server: "AmazonS3", via: "1.1 a.cloudfront.net (CloudFront)" }, "Amazon S3"],
      [{ server: "Ceph Object Gateway (squid)" }, "Ceph"],
      [{ server: "MinIO" }, "MinIO"],
      [{ server: "UploadServer", "x-guploader-uploadid": "AEnB2EXAMPLE" }, "Google Cloud Storage"],
      [{ server: "cloudflare", "cf-ray": "7f-IAD", "x-amz-version-id": "7e6" }, "Cloudflare R2"],
      [{ server: "WasabiS3/7.21" }, "Wasabi"],
      [{ "X-Oss-Request-Id": "625A73995C8CEXAMPLE00001" }, "Alibaba Cloud OSS"],
      [{ server: "tencent-cos" }, "Tencent COS"],
      [{ server: "OBS" }, "Huawei OBS"],
      [{ "x-tos-request-id": "1" }, "Volcengine TOS"],
      [{ server: "Cleversafe" }, "IBM Cloud Object Storage"],
      [{ "x-trans-id": "tx1" }, "OpenStack Swift"],
      [{ server: "SeaweedFS 30GB 3.80" }, "SeaweedFS"],
    ]
    for (const [headers, vendor] of answers) assert.strictEqual(StorageMarks.vendorOf(headers), vendor)
  })

  it("does not treat a proxy, CDN, gateway or web server as a storage server", () => {
    const others: ReadonlyArray<Readonly<Record<string, string>>> = [
      {},
      { server: "nginx" },
      { server: "cloudflare", "cf-ray": "7f-IAD" },
      { server: "CloudFront", "x-amz-cf-id": "abc", "x-cache": "Error from cloudfront" },
      { "x-amzn-requestid": "1", "x-amz-apigw-id": "2" },
      { server: "obscure/1.0", via: "1.1 squid" },
      { "x-amz-request-id": "  " },
      { etag: '"1"' },
    ]
    for (const headers of others) assert.isFalse(StorageMarks.isStorage(headers))
  })

  it("treats an ETag as evidence of a storage server only if the response is a success", () => {
    assert.isTrue(StorageMarks.isStored({ status: 200, headers: { ETag: '"d41d8cd98f00b204e9800998ecf8427e"' } }))
    assert.isTrue(StorageMarks.isStored({ status: 204, headers: { "x-amz-request-id": "tx1" } }))
    assert.isFalse(StorageMarks.isStored({ status: 404, headers: { etag: '"1"' } }))
    assert.isFalse(StorageMarks.isStored({ status: 200, headers: { "content-type": "text/plain" } }))
  })
})
