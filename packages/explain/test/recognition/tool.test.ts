import { assert, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as ExplainInput from "@holdfast/explain/Input"

const read = (text: string) => {
  const input = ExplainInput.recognize(new TextEncoder().encode(text))
  assert(input._tag === "Exchange", text)
  return input
}

const codeOf = (text: string) => Explain.explain(read(text).exchange).code

describe("the message of a client that sent nothing", () => {
  it("attributes a client's message to the client's configuration if nothing was sent, for each SDK and tool", () => {
    for (const [code, texts] of [
      [
        "HF-S3-CLIENT-001",
        [
          "upload failed: ./A001.mov to s3://rushes/A001.mov Unable to locate credentials",
          "CredentialsProviderError: Could not load credentials from any providers\n    at /app/node_modules/@aws-sdk/x.js:1:1",
          "Error: NoCredentialProviders: no valid providers in chain. Deprecated.",
          "com.amazonaws.SdkClientException: Unable to load AWS credentials from any provider in the chain",
          'DispatchFailure { source: CredentialsNotLoaded { source: "no providers in chain provided credentials" } }',
          "google.auth.exceptions.DefaultCredentialsError: Could not automatically determine credentials. Please set GOOGLE_APPLICATION_CREDENTIALS",
        ],
      ],
      ["HF-S3-CLIENT-002", ["The config profile (staging) could not be found"]],
      ["HF-S3-CLIENT-003", ["Error loading SSO Token: Token for https://studio.example/start does not exist"]],
      [
        "HF-S3-CLIENT-004",
        [
          "Error: Region is missing\n    at default (/app/node_modules/@smithy/config-resolver/index.js:117:11)",
          "Amazon.Runtime.AmazonClientException: No RegionEndpoint or ServiceURL configured",
          "botocore.exceptions.NoRegionError: You must specify a region.",
          'File "/a.py", line 3, in go\n    timeout=(new_config.connect_timeout, 1)\nValueError: Invalid endpoint: https://s3..amazonaws.com',
        ],
      ],
      [
        "HF-S3-CLIENT-005",
        ["ETagMissing: No access to ETag property on response. Check CORS configuration to expose ETag header."],
      ],
      ["HF-S3-CLIENT-006", ["panic: Endpoint url cannot have fully qualified paths."]],
      [
        "HF-S3-CLIENT-009",
        [
          "char 'B' is not expected.:1:1\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response",
        ],
      ],
      [
        "HF-S3-PLACE-004",
        ['Invalid bucket name "": Bucket name must match the regex', "Missing required key 'Bucket' in params"],
      ],
      ["HF-S3-CLIENT-010", ["public endpoint for object-store service in GRA7 region not found"]],
    ] as const)
      for (const text of texts) assert.strictEqual(codeOf(text), code, text)
  })

  it("ignores a client's message that nothing was sent if the same line contains a response", () => {
    assert.strictEqual(
      codeOf(
        "failed to refresh cached credentials, operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: x, api error AccessDenied: User: u is not authorized to perform: sts:AssumeRole on resource: r",
      ),
      "HF-S3-CLIENT-011",
    )
    assert.notStrictEqual(codeOf("Failed to refresh credentials: invalid_grant: Bad Request"), "HF-S3-CLIENT-001")
  })

  it("rates the cause as `certain` only for an SDK's own message, not for a log that quotes the message", () => {
    const confidence = (text: string, isExcerpt = false) =>
      Explain.explain({ ...read(text).exchange, isExcerpt }).confidence
    assert.strictEqual(confidence("fatal error: Unable to locate credentials"), "certain")
    assert.strictEqual(confidence("fatal error: Unable to locate credentials", true), "likely")
    assert.strictEqual(confidence("worker: cannot find the credentials"), "likely")
  })
})

describe("a host that cannot exist", () => {
  const connect = (host: string) => `Could not connect to the endpoint URL: "https://${host}/"`

  it("attributes an impossible host name to the client's region or bucket", () => {
    for (const [host, code, word] of [
      ["sts.us-east-1c.amazonaws.com", "HF-S3-CLIENT-010", "us-east-1"],
      ["iam.Ireland.amazonaws.com", "HF-S3-CLIENT-010", "eu-west-1"],
      ["rushes.s3.us_east_1.amazonaws.com", "HF-S3-CLIENT-010", "us-east-1"],
      ["rushes.s3.undefined.amazonaws.com", "HF-S3-CLIENT-010", "undefined"],
      ["s3.gra7.io.cloud.ovh.net", "HF-S3-CLIENT-010", "gra"],
      ["s3..amazonaws.com", "HF-S3-CLIENT-004", "gap"],
      [".s3.eu-west-1.amazonaws.com", "HF-S3-PLACE-004", "empty"],
    ] as const) {
      const { causes } = Explain.explain(read(connect(host)).exchange)
      assert.strictEqual(causes[0]?.code, code, host)
      assert.include(causes[0]?.detail, word, host)
    }
  })

  it("does not report hosts of real regions and services as impossible", () => {
    for (const host of [
      "s3.eu-west-1.amazonaws.com",
      "rushes.s3.amazonaws.com",
      "s3-us-west-2.amazonaws.com",
      "rushes.s3-accelerate.dualstack.amazonaws.com",
      "rushes.s3-website-us-east-1.amazonaws.com",
      "rushes.s3.cn-north-1.amazonaws.com.cn",
      "bucket.vpce-0a1b2c3d-abcdefgh.s3.us-east-1.vpce.amazonaws.com",
      "sts.amazonaws.com",
      "s3-fips.us-gov-west-1.amazonaws.com",
      "name-123456789012.s3-accesspoint.eu-west-1.amazonaws.com",
      "s3.gra.io.cloud.ovh.net",
    ])
      assert.notMatch(codeOf(connect(host)) ?? "", /^HF-S3-(?:CLIENT|PLACE)-/, host)
  })

  it("detects a bucket label before localhost, an IP address or a container name", () => {
    for (const text of [
      "System.Net.Http.HttpRequestException : No such host is known. (rushes.localhost:4566)",
      "curl: (6) Could not resolve host: rushes.10.0.0.5",
      "Error: getaddrinfo EAI_AGAIN rushes.minio",
    ])
      assert.strictEqual(codeOf(text), "HF-HTTP-DNS-003", text)
    assert.notStrictEqual(codeOf("curl: (6) Could not resolve host: minio.example.com"), "HF-HTTP-DNS-003")
  })
})

describe("a tool's report of a response", () => {
  it("reads the status, the request and the message from a tool's report of a response", () => {
    const git = read("error: RPC failed; result=22, HTTP code = 411\nfatal: The remote end hung up unexpectedly")
    assert.strictEqual(git.exchange.response?.status, 411)
    const router = read(
      'heroku[router]: at=error code=H12 desc="Request timeout" method=GET path="/a" host=x.herokuapp.com status=503 protocol=https',
    )
    assert.deepStrictEqual(router.exchange.request, { method: "GET", url: "https://x.herokuapp.com/a" })
    assert.match(Explain.explain(router.exchange).causes[0]?.detail ?? "", /30 s/)
    const minio = read(
      "ErrorResponse(code = XMinioStorageFull, message = Storage is full., bucketName = b, objectName = o, resource = /b/o, requestId = 16, hostId = 9)\n" +
        "request={method=PUT, url=http://10.0.0.5:9000/b/o, headers=Host: 10.0.0.5:9000\n}\nresponse={code=507, headers=Server: MinIO\n}",
    )
    assert.strictEqual(minio.exchange.response?.status, 507)
    assert.strictEqual(minio.exchange.request?.method, "PUT")
    assert.strictEqual(Explain.explain(minio.exchange).code, "HF-S3-SVC-007")
  })

  it("reports a success if wget has nothing left to fetch", () => {
    const answer = "HTTP request sent, awaiting response... 416 Requested Range Not Satisfiable\n"
    const whole = `--2026-- https://mirror.example/a.iso\n${answer}\n    The file is already fully retrieved; nothing to do.`
    assert.strictEqual(Explain.explain(read(whole).exchange).outcome, "succeeded")
    assert.strictEqual(codeOf(`--2026-- https://mirror.example/a.iso\n${answer}`), "HF-HTTP-STATUS-009")
  })

  it("reads the response that wget -S prints, and the method that wget used", () => {
    const answer =
      "HTTP request sent, awaiting response... \n  HTTP/1.1 403 Forbidden\n  x-amz-request-id: 18TESTEXAMPLE\n  Content-Type: application/xml\n"
    for (const [before, method] of [
      ["Spider mode enabled. Check if remote file exists.\n--2026-- https://b.s3.amazonaws.com/a.iso\n", "HEAD"],
      ["--2026-- https://b.s3.amazonaws.com/a.iso\n", "GET"],
    ] as const) {
      const { exchange } = read(before + answer)
      assert.strictEqual(exchange.request?.method, method)
      assert.strictEqual(exchange.response?.status, 403)
      assert.strictEqual(exchange.response?.headers?.["x-amz-request-id"], "18TESTEXAMPLE")
    }
  })

  it("reads a Rails error page whose message is on a separate line", () => {
    const page = "Aws::S3::Errors::InvalidAccessKeyId in UploadsController#create\nThe key you gave is not known."
    assert.match(read(page).exchange.response?.body ?? "", /InvalidAccessKeyId.*not known/)
    assert.strictEqual(codeOf(page), "HF-S3-AUTH-007")
  })

  it("recognizes a message from a server or proxy even if no other text surrounds it", () => {
    for (const [text, code] of [
      [
        "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
        "HF-HTTP-BOX-001",
      ],
      ["PayloadTooLargeError: request entity too large", "HF-HTTP-LIMIT-001"],
      ["ERR Client sent an HTTP request to an HTTPS server.", "HF-HTTP-TLS-006"],
      ["error code: 1010", "HF-HTTP-BOX-007"],
    ] as const)
      assert.strictEqual(codeOf(text), code, text)
  })

  it("does not report a network failure if prose merely contains the same words", () => {
    for (const text of ["the talk about time was put off again", "the form of the reset was aborted twice by hand"]) {
      const input = ExplainInput.recognize(new TextEncoder().encode(text))
      assert.strictEqual(input._tag, "Unusable", text)
    }
    assert.strictEqual(codeOf("connection reset"), "HF-HTTP-NET-003")
  })
})
