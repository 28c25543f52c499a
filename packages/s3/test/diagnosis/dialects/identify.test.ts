import { assert, describe, it } from "@effect/vitest"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Diagnosis from "@holdfast/s3/Diagnosis"

const answer = (headers: Readonly<Record<string, string>>, body: string, status = 403) => ({ status, headers, body })

const document = (code: string, more = "") => `<Error><Code>${code}</Code><Message></Message>${more}</Error>`

const explain = (url: string | undefined, response: ReturnType<typeof answer>) =>
  Diagnosis.explain({ ...(url === undefined ? {} : { request: { method: "PUT", url } }), response })

describe("the storage of an exchange", () => {
  it("identifies the storage by its host", () => {
    for (const [host, system, name] of [
      ["talks.s3.eu-west-1.amazonaws.com", "s3", "Amazon S3"],
      ["0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com", "r2", "Cloudflare R2"],
      ["0123456789abcdef0123456789abcdef.eu.r2.cloudflarestorage.com", "r2", "Cloudflare R2"],
      ["pub-0123456789abcdef0123456789abcdef.r2.dev", "r2", "Cloudflare R2"],
      ["s3.us-west-004.backblazeb2.com", "b2", "Backblaze B2"],
      ["talks.storage.googleapis.com", "gcs", "Google Cloud Storage"],
      ["s3.eu-central-1.wasabisys.com", "wasabi", "Wasabi"],
      ["talks.ams3.digitaloceanspaces.com", "spaces", "DigitalOcean Spaces"],
      ["s3.fr-par.scw.cloud", "scaleway", "Scaleway Object Storage"],
      ["s3.gra.io.cloud.ovh.net", "ovh", "OVHcloud Object Storage"],
      ["s3.eu-de.cloud-object-storage.appdomain.cloud", "ibm", "IBM Cloud Object Storage"],
      ["space.compat.objectstorage.eu-frankfurt-1.oraclecloud.com", "oci", "Oracle Object Storage"],
      ["talks.oss-cn-beijing.aliyuncs.com", "oss", "Alibaba Cloud OSS"],
      ["talks-1250000000.cos.ap-guangzhou.myqcloud.com", "cos", "Tencent COS"],
      ["talks.obs.cn-north-4.myhuaweicloud.com", "obs", "Huawei OBS"],
      ["s3.localhost.localstack.cloud", "s3", "LocalStack"],
    ] as const) {
      const explanation = explain(`https://${host}/key`, answer({}, document("AccessDenied")))
      assert.deepStrictEqual([explanation.vendor.system, explanation.answeredBy], [system, name], host)
    }
  })

  it("identifies the storage by markers that only this storage writes into a response", () => {
    for (const [headers, body, system] of [
      [{ server: "MinIO" }, document("AccessDenied"), "minio"],
      [{}, document("X", `<RequestId>17CB000000000001</RequestId><HostId>${"ab".repeat(32)}</HostId>`), "minio"],
      [{ "x-amz-request-id": "tx00000ed30fed522946e00-006b0c1057-1008-default" }, document("NoSuchKey"), "ceph"],
      [{ "x-guploader-uploadid": "A" }, document("AccessDenied"), "gcs"],
      [{}, document("AccessDenied", "<HostId>talks.oss-cn-beijing.aliyuncs.com</HostId><EC>0003-1</EC>"), "oss"],
      [{ "x-cos-request-id": "N" }, document("AccessDenied"), "cos"],
      [{ server: "Cleversafe" }, document("AccessDenied"), "ibm"],
      [{ server: "AmazonS3", "x-amz-version-id": "v" }, document("AccessDenied"), "s3"],
      [{}, document("AccessDenied"), "s3"],
    ] as const) {
      assert.strictEqual(explain(undefined, answer(headers, body)).vendor.system, system, JSON.stringify(headers))
    }
    assert.strictEqual(explain(undefined, answer({}, document("AccessDenied"))).answeredBy, "an S3-compatible server")
  })

  it("identifies the storage behind a CDN, unless the CDN itself wrote the response", () => {
    const edge = { via: "1.1 a.cloudfront.net (CloudFront)", "x-cache": "Error from cloudfront" }
    const url = "https://d111111abcdef8.cloudfront.net/key"
    const through = explain(url, answer({ ...edge, server: "AmazonS3" }, document("AccessDenied")))
    assert.deepStrictEqual([through.vendor.system, through.answeredBy], ["s3", "Amazon S3, behind CloudFront"])
    const own = explain(url, answer({ ...edge, server: "CloudFront" }, document("MissingKey")))
    assert.deepStrictEqual([own.vendor.system, own.answeredBy], ["cloudfront", "CloudFront"])
  })

  it("does not attribute an HTML page to the storage, even if it came from the storage's host", () => {
    const explanation = explain(
      "https://s3.eu-central-1.wasabisys.com/talks/key",
      answer({ server: "nginx", "content-type": "text/html" }, "<html><body>Bad Gateway</body></html>", 502),
    )
    assert.notStrictEqual(explanation.answeredBy, "Wasabi")
  })
})

describe("an error", () => {
  const read = (response: ReturnType<typeof answer>) => Diagnosis.explain({ response }).vendor

  it("reads the error from the headers of a response without a body", () => {
    for (const headers of [
      { "x-minio-error-code": "NoSuchKey", "x-minio-error-desc": '"The specified key does not exist."' },
      {
        "x-amz-request-id": "A",
        "x-amz-error-code": "NoSuchKey",
        "x-amz-error-message": "The specified key does not exist.",
      },
      {
        "x-oss-request-id": "A",
        "x-oss-err": btoa("<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"),
      },
    ]) {
      const { code, message } = read({ status: 404, headers, body: "" })
      assert.deepStrictEqual([code, message], ["NoSuchKey", "The specified key does not exist."])
    }
    for (const name of ["x-guploader-uploadid", "x-oss-request-id", "x-cos-request-id", "x-clv-request-id"]) {
      assert.strictEqual(read({ status: 404, headers: { [name]: "ID0000001" }, body: "" }).requestId, "ID0000001")
    }
  })

  it("reads an error in every format that servers send", () => {
    for (const body of [
      "<Errors><Error><Code>NoSuchKey</Code><Message>m</Message></Error></Errors>",
      "<Response><Errors><Error><Code>NoSuchKey</Code><Message>m</Message></Error></Errors><RequestID>1</RequestID></Response>",
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Code>NoSuchKey</Code><Message>m</Message></Error></ErrorResponse>',
      "<error><code>NoSuchKey</code><message>m</message></error>",
      '<s3:Error xmlns:s3="x"><s3:Code>NoSuchKey</s3:Code><s3:Message>m</s3:Message></s3:Error>',
      '{"code":"NoSuchKey","message":"m"}',
    ]) {
      const { code, message } = read(answer({ "x-amz-request-id": "1" }, body, 404))
      assert.deepStrictEqual([code, message], ["NoSuchKey", "m"], body)
    }
    const supabase = read(
      answer({ "sb-gateway-version": "1" }, '{"statusCode":"409","error":"Duplicate","message":"m"}', 400),
    )
    assert.deepStrictEqual([supabase.system, supabase.code, supabase.message], ["supabase", "Duplicate", "m"])
    const google = read(
      answer(
        { "x-guploader-uploadid": "1" },
        '{"error":{"code":403,"message":"m","errors":[{"domain":"global","reason":"forbidden","message":"m"}]}}',
      ),
    )
    assert.deepStrictEqual([google.system, google.code, google.message], ["gcs", "forbidden", "m"])
  })

  it("does not redact the error code, whatever the vendor calls its field", () => {
    const body = '{"errorCode":"AccessDenied","statusCode":"403","message":"no"}'
    const redacted = Redaction.make([Diagnosis.ruleSet.vocabulary])({ response: answer({}, body) })
    assert.strictEqual(redacted.response?.body, body)
  })

  it("does not read an error from text that only resembles an error", () => {
    assert.strictEqual(read(answer({}, "<error>blocked</error>", 200)).code, "")
    assert.strictEqual(read(answer({}, "<Response><Item/></Response>", 200)).code, "")
  })
})
