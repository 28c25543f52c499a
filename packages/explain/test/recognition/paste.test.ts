import { assert, describe, it } from "@effect/vitest"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as ExplainInput from "@holdfast/explain/Input"

const encode = (text: string) => new TextEncoder().encode(text)

interface Seen {
  readonly as: string
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly status?: number | undefined
  readonly assumed?: true
  readonly body?: string | undefined
  readonly failure?: string | undefined
}

const seen = (bytes: Uint8Array | string): Seen => {
  const input = ExplainInput.recognize(typeof bytes === "string" ? encode(bytes) : bytes)
  if (input._tag === "Unusable") return { as: `unusable: ${input.problem}` }
  const { failure, request, response }: Exchange = input.exchange
  return {
    as: input.recognized,
    ...(request?.method === undefined ? {} : { method: request.method }),
    ...(request?.url === undefined ? {} : { url: request.url }),
    ...(response === undefined ? {} : { status: response.status }),
    ...(response?.isStatusAssumed === true ? { assumed: true } : {}),
    ...(response?.body === undefined ? {} : { body: response.body }),
    ...(failure === undefined ? {} : { failure }),
  }
}

const document = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
const xml = "an XML error document inside other text"
const url = "https://rushes.s3.eu-west-1.amazonaws.com/A001.mov"

describe("an error document inside other text", () => {
  it("reads the status, the request and the time in the text around an error document", () => {
    assert.deepStrictEqual(seen(`2026-11-29T12:30:01Z ERROR PUT ${url} failed: HTTP 503 body=${document} (try 3)`), {
      as: xml,
      method: "PUT",
      url,
      status: 503,
      body: document,
    })
  })

  it("assumes the usual status for the error code if the text does not state one", () => {
    assert.deepStrictEqual(seen(`upload failed ${document}`), { as: xml, status: 503, assumed: true, body: document })
  })

  it("unescapes an error document from JSON, HTML and Python strings", () => {
    for (const text of [
      `resp: ${JSON.stringify(document)}`,
      `resp: ${JSON.stringify(JSON.stringify(document))}`,
      `resp: "${document.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e")}"`,
      `resp: ${document.replaceAll("<", "&lt;").replaceAll(">", "&gt;")}`,
      `resp: b'${document}'`,
    ])
      assert.include(seen(text).body, "<Code>SlowDown</Code>", text)
  })

  it("joins an error document that is wrapped at a fixed column, even within words and tags", () => {
    for (const width of [20, 37, 60, 80]) {
      const wrapped = document.replace(new RegExp(`.{${width}}`, "g"), "$&\n")
      assert.include(seen(`log:\n${wrapped}`).body?.replaceAll("\n", ""), "<Code>SlowDown</Code>", String(width))
    }
  })

  it("reads an error document inside fences, terminal colors, typographic quotes and mail quoting", () => {
    for (const text of [
      `I get\n\n\`\`\`xml\n${document}\n\`\`\`\nwhy?`,
      `\u001b[31merror\u001b[0m ${document}`,
      `[31merror[0m ${document}`,
      `note: <?xml version=\u201d1.0\u201d?>\n${document}`,
      `> It says\n> ${document}\n> and stops`,
      `note:\u00a0${document}`,
    ])
      assert.include(seen(text).body, "SlowDown", text)
  })

  it("reads an error document in UTF-16 without a byte order mark, and in ISO 8859-1", () => {
    const utf16 = new Uint8Array([...`log: ${document}`].flatMap((character) => [character.charCodeAt(0), 0]))
    assert.include(seen(utf16).body, "SlowDown")
    assert.include(seen(new Uint8Array([0x66, 0xfc, 0x72, 0x20, ...encode(document)])).body, "SlowDown")
  })
})

describe("an SDK exception", () => {
  const says = "The provided token has expired."
  const body = `<Error><Code>ExpiredToken</Code><Message>${says}</Message></Error>`
  const cases: ReadonlyArray<readonly [text: string, seen: Seen]> = [
    [
      `botocore.exceptions.ClientError: An error occurred (ExpiredToken) when calling the PutObject operation: ${says}`,
      { as: "an error from botocore (boto3, the AWS CLI)", method: "PUT", status: 400, assumed: true, body },
    ],
    [
      "botocore.exceptions.ClientError: An error occurred (403) when calling the HeadObject operation: Forbidden",
      { as: "an error from botocore (boto3, the AWS CLI)", method: "HEAD", status: 403 },
    ],
    [
      `com.amazonaws.services.s3.model.AmazonS3Exception: ${says} (Service: Amazon S3; Status Code: 400; Error Code: ExpiredToken; Request ID: TX1; S3 Extended Request ID: h=; Proxy: null)`,
      { as: "an exception from the AWS SDK for Java", status: 400, body },
    ],
    [
      `software.amazon.awssdk.services.s3.model.S3Exception: ${says} (Service: S3, Status Code: 400, Request ID: TX1, Extended Request ID: h=)`,
      { as: "an exception from the AWS SDK for Java", status: 400, body },
    ],
    [
      `operation error S3: PutObject, https response error StatusCode: 400, RequestID: TX1, HostID: h=, api error ExpiredToken: ${says}`,
      { as: "an error from the AWS SDK for Go (v2)", method: "PUT", status: 400, body },
    ],
    [
      `upload: ExpiredToken: ${says}\n\tstatus code: 400, request id: TX1, host id: h=`,
      { as: "an error from the AWS SDK for Go (v1)", status: 400, body },
    ],
    [
      `S3 operation failed; code: ExpiredToken, message: ${says}, resource: /b/k, request_id: TX1, host_id: h`,
      { as: "an error from the MinIO client for Python", status: 400, assumed: true, body },
    ],
    [`ERROR: S3 error: 400 (ExpiredToken): ${says}`, { as: "an s3cmd error", status: 400, body }],
    [
      `Aws::S3::Errors::ExpiredToken: ${says}`,
      { as: "an exception from the AWS SDK for Ruby", status: 400, assumed: true, body },
    ],
    [
      `Amazon.S3.AmazonS3Exception: ${says}\n ---> Amazon.Runtime.Internal.HttpErrorResponseException: it was thrown`,
      { as: "an Amazon S3 exception", status: 400, assumed: true, body },
    ],
    [
      `Error { code: "ExpiredToken", message: "${says}", aws_request_id: "TX1" }`,
      { as: "an error from the AWS SDK for Rust", status: 400, assumed: true, body },
    ],
    [
      `ExpiredToken: ${says}\n    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:1:1)`,
      { as: "an error from the AWS SDK for JavaScript", status: 400, assumed: true, body },
    ],
    [
      JSON.stringify({ name: "ExpiredToken", message: says, $fault: "client", $metadata: { httpStatusCode: 400 } }),
      { as: "an error from the AWS SDK for JavaScript", status: 400, body },
    ],
    [
      `mc: <ERROR> Unable to list. ${says}`,
      { as: "an S3 message that S3 sends with the code ExpiredToken", status: 400, assumed: true, body },
    ],
  ]
  for (const [text, expected] of cases) {
    it(`preserves the code and the message of an SDK exception: ${text.slice(0, 60)}`, () => {
      assert.deepStrictEqual(seen(text), expected)
    })
  }
})

describe("an error in an unusual format", () => {
  const cases: ReadonlyArray<readonly [text: string, code: string]> = [
    ["signature does not match", "SignatureDoesNotMatch"],
    ["no such key", "NoSuchKey"],
    ["accessdenied", "AccessDenied"],
    [
      "ERROR : a.mov: failed to upload: PutObject: AccessDenied: Access Denied\n\tstatus code: 403, request id: TX1",
      "AccessDenied",
    ],
    [
      "S3ServiceException [ExpiredToken]: The provided token has expired.\n    at x (/a/@smithy/b.js:1:1)",
      "ExpiredToken",
    ],
    ["{'Error': {'Code': 'SlowDown', 'Message': 'x'}, 'ResponseMetadata': {'HTTPStatusCode': 503}}", "SlowDown"],
    ["%3CError%3E%3CCode%3ESlowDown%3C%2FCode%3E%3C%2FError%3E", "SlowDown"],
  ]
  for (const [text, code] of cases) {
    it(`reads an error in an unusual format: ${text.slice(0, 60)}`, () => {
      assert.match(seen(text).body ?? "", new RegExp(`<Code>${code}</Code>`, "i"))
    })
  }

  it("drops the query of a truncated URL", () => {
    assert.strictEqual(
      seen("403 Client Error: Forbidden for url: https://h.example/a?X-Amz-Date=2026...").url,
      "https://h.example/a",
    )
    assert.strictEqual(
      seen("GET https://h.example/a?X-Amz-Alg\u2026 failed with status 403").url,
      "https://h.example/a",
    )
  })

  it("reads the error from the redirect URL of a sign-in, but does not treat that URL as the server's URL", () => {
    const text = "https://app.example/callback?error=access_denied&error_description=The+user+declined"
    assert.deepStrictEqual(seen(text), {
      as: "the OAuth error code access_denied",
      status: 400,
      assumed: true,
      body: JSON.stringify({ error: "access_denied", error_description: "The user declined" }),
    })
  })

  it("reads an error document from a hex dump and from an indented response", () => {
    const dump = (text: string) =>
      (text.match(/.{1,16}/gs) ?? []).map((row, index) => {
        const hex = [...row].map((character) => character.charCodeAt(0).toString(16).padStart(2, "0")).join(" ")
        return `${(16 * index).toString(16).padStart(4, "0")}: ${hex.padEnd(48)}${row.replace(/[^ -~]/g, ".")}`
      })
    const trace = [
      "<= Recv header, 26 bytes (0x1a)",
      ...dump("HTTP/1.1 503 Slow Down\r\n"),
      "<= Recv header, 2 bytes (0x2)",
      ...dump("\r\n"),
      "<= Recv data, 84 bytes (0x54)",
      ...dump(document),
    ]
    assert.deepStrictEqual(seen(trace.join("\n")), { as: "a curl trace", status: 503, body: document })
    assert.strictEqual(seen("awaiting response...\n  HTTP/1.1 403 Forbidden\n  Server: x\n").status, 403)
  })
})

describe("a client's error", () => {
  const cases: ReadonlyArray<readonly [text: string, seen: Seen]> = [
    [
      `requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: ${url}`,
      { as: "a Python requests exception", url, status: 403 },
    ],
    [
      `httpx.HTTPStatusError: Client error '403 Forbidden' for url '${url}'`,
      { as: "a Python httpx exception", url, status: 403 },
    ],
    [
      "curl: (22) The requested URL returned error: 403",
      { as: "a curl --fail error, which does not contain the response", status: 403 },
    ],
    ["curl: (60) SSL certificate problem: x", { as: "a curl error", failure: "curl: (60) SSL certificate problem: x" }],
    [
      'Put "https://h.example/a": dial tcp: lookup h.example: no such host',
      {
        as: "a Go client error",
        url: "https://h.example/a",
        failure: 'Put "https://h.example/a": dial tcp: lookup h.example: no such host',
      },
    ],
    [
      "TypeError: fetch failed\n    at node:internal/deps\n  [cause]: Error: read ECONNRESET",
      {
        as: "a Node client error",
        failure: "[cause]: Error: read ECONNRESET [cause]: Error: read ECONNRESET",
      },
    ],
    [
      JSON.stringify({
        name: "AxiosError",
        message: "Request failed with status code 403",
        config: { method: "put", url, headers: {} },
        response: { status: 403, data: document },
      }),
      { as: "an axios error", method: "PUT", url, status: 403, body: document },
    ],
    [
      `Access to fetch at '${url}' from origin 'https://a.example' has been blocked by CORS policy: no\nPUT ${url} net::ERR_FAILED`,
      {
        as: "a browser console message about CORS",
        method: "PUT",
        url,
        failure: `Access to fetch at '${url}' from origin 'https://a.example' has been blocked by CORS policy: no`,
      },
    ],
    [
      '2026/11/29 10:00:00 [error] 7#7: *1 upstream timed out (110) while reading, request: "PUT /a HTTP/1.1", host: "h.example"',
      {
        as: "a line from nginx's error log, which is not sent to the client",
        method: "PUT",
        url: "http://h.example/a",
        status: 504,
        assumed: true,
        body: "<html><head><title>504 Gateway Time-out</title></head><body><center><h1>504 Gateway Time-out</h1></center><center>upstream timed out (110) while reading</center><hr><center>nginx</center></body></html>",
      },
    ],
    [
      "403 Forbidden AccessDenied",
      { as: "the error code AccessDenied", status: 403, body: "<Error><Code>AccessDenied</Code></Error>" },
    ],
  ]
  for (const [text, expected] of cases) {
    it(`keeps the parts of the exchange that a client's error states: ${text.slice(0, 60)}`, () => {
      assert.deepStrictEqual(seen(text), expected)
    })
  }

  it("reads an error document from a structured log line, together with the request in that line", () => {
    assert.deepStrictEqual(
      seen(JSON.stringify({ level: "error", msg: "upload failed", method: "PUT", url, status: 503, body: document })),
      { as: `${xml}, in a log line`, method: "PUT", url, status: 503, body: document },
    )
  })

  it("reads an exchange from an API client's export", () => {
    const postman = {
      info: { name: "x" },
      item: [
        {
          name: "put",
          response: [
            {
              originalRequest: { method: "PUT", url: { raw: url }, header: [] },
              code: 503,
              header: [],
              body: document,
            },
          ],
        },
      ],
    }
    assert.deepStrictEqual(seen(JSON.stringify(postman)), {
      as: "an API client's export",
      method: "PUT",
      url,
      status: 503,
      body: document,
    })
  })
})

describe("a transcript", () => {
  const lines = ["> PUT /a HTTP/1.1", "> Host: h.example", "> ", "< HTTP/1.1 503 Slow", "< Server: x", "< ", document]

  it("reads a transcript whose lines start with a logger's prefix", () => {
    for (const prefix of ["2026-11-29T12:30:01 cart7 ", "[12:30:01] ", "ingest-1  | "])
      assert.deepStrictEqual(seen(lines.map((line) => prefix + line).join("\n")), {
        as: "a curl transcript",
        method: "PUT",
        url: "https://h.example/a",
        status: 503,
        body: document,
      })
  })

  it("reads an exchange from a curl trace", () => {
    const trace = [
      "=> Send header, 40 bytes (0x28)",
      "0000: PUT /a HTTP/1.1",
      "0011: Host: h.example",
      "0022: ",
      "<= Recv header, 20 bytes (0x14)",
      "0000: HTTP/1.1 503 Slow",
      "<= Recv header, 2 bytes (0x2)",
      "0000: ",
      `<= Recv data, ${document.length} bytes (0x5)`,
      ...(document.match(/.{1,64}/g) ?? []).map(
        (piece, index) => `${(64 * index).toString(16).padStart(4, "0")}: ${piece}`,
      ),
    ]
    assert.deepStrictEqual(seen(trace.join("\n")), {
      as: "a curl trace",
      method: "PUT",
      url: "https://h.example/a",
      status: 503,
      body: document,
    })
  })
})

describe("a log that ends with a library's sign-in error", () => {
  it("reads a library's sign-in error from the last lines of a log, not from the requests above them", () => {
    const input = ExplainInput.recognize(
      encode(
        [
          'Received error: Error POSTing to endpoint (HTTP 405): {"detail":"Method Not Allowed"}',
          "Connection error: Error: Incompatible auth server: does not support dynamic client registration",
        ].join("\n"),
      ),
    )
    assert.strictEqual(input._tag, "Exchange")
    if (input._tag === "Exchange") assert.include(input.exchange.failure, "dynamic client registration")
  })

  it("reads the message that the Vault command prints below the status", () => {
    const printed =
      "Error making API request.\n\nURL: GET https://vault.example/v1/secret/a\nCode: 403. Errors:\n\n* 1 error occurred:\n\t* permission denied\n"
    const input = ExplainInput.recognize(encode(printed))
    assert.strictEqual(input._tag, "Exchange")
    if (input._tag === "Exchange") {
      assert.strictEqual(input.exchange.response?.status, 403)
      assert.strictEqual(input.exchange.response?.body, '{"errors":["permission denied"]}')
    }
  })
})

describe("an unknown paste", () => {
  it("reports that pasted text is not recognized, and advises what to paste instead", () => {
    for (const text of ["it does not work", "Hello,\n\nplease help.\n", "{ not json", "a\u0000b\u0001c"]) {
      const input = ExplainInput.recognize(encode(text))
      assert.strictEqual(input._tag, "Unusable", text)
      if (input._tag === "Unusable") assert.match(input.remedy, /provide the complete response|copied completely/, text)
    }
  })
})
