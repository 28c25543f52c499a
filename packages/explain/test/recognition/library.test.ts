import { assert, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as ExplainInput from "@holdfast/explain/Input"

const read = (text: string) => {
  const input = ExplainInput.recognize(new TextEncoder().encode(text))
  if (input._tag === "Unusable") return { as: input.problem }
  const { request, response } = input.exchange
  const body: unknown = response?.body?.startsWith("{") === true ? JSON.parse(response.body) : response?.body
  return { as: input.recognized, url: request?.url, status: response?.status, body }
}

describe("a printed object", () => {
  it("reads objects printed by Node's inspect, including their headers and body", () => {
    const text = `ApiError: failed
    at Client.send (/app/index.js:3:4) {
  code: 'unauthorized',
  status: 401,
  socket: <ref *1> TLSSocket { _events: [Object: null prototype] {}, write: [Function: write], self: [Circular *1] },
  headers: Headers { [Symbol(map)]: [Object: null prototype] { 'x-notion-request-id': [ 'r1' ] } },
  body: '{"object":"error",' +
    '"code":"unauthorized","message":"it\\'s wrong"}'
}`
    assert.deepStrictEqual(read(text).body, { object: "error", code: "unauthorized", message: "it's wrong" })
    assert.strictEqual(read(text).status, 401)
  })

  it("reads objects printed by Python, Ruby and Dart", () => {
    const document = { ok: false, error: "missing_scope", needed: "chat:write" }
    assert.deepStrictEqual(
      read(`failed: {'ok': False, 'error': 'missing_scope', 'needed': u'chat:write'}`).body,
      document,
    )
    assert.deepStrictEqual(read(`failed: {:ok=>false, :error=>"missing_scope", "needed"=>"chat:write"}`).body, document)
    assert.deepStrictEqual(read(`failed: {ok: false, error: missing_scope, needed: chat:write}`).body, document)
  })

  it("reads structs printed by Go", () => {
    assert.deepStrictEqual(
      read(
        "got error status: HTTP 400: [{Code:6003 Message:Invalid request headers ErrorChain:[{Code:6111 Message:Invalid format}]}]",
      ).body,
      { code: 6003, message: "Invalid request headers", errorChain: [{ code: 6111, message: "Invalid format" }] },
    )
  })

  it("reads a truncated object up to the point of truncation", () => {
    const text = `Client error: \`GET https://api.example.com/me\` resulted in a \`401 Unauthorized\` response:
{"error":"invalid_token","error_description":"The access token exp (truncated...)`
    assert.deepStrictEqual(read(text), {
      as: "a Guzzle exception",
      url: "https://api.example.com/me",
      status: 401,
      body: { error: "invalid_token", error_description: "The access token exp" },
    })
  })
})

describe("an exception of a library for a single API", () => {
  it("reads an exception from an API library as the response that the API sent", () => {
    const cases: ReadonlyArray<readonly [text: string, url: string, status: number, body: unknown]> = [
      [
        "discord.errors.Forbidden: 403 Forbidden (error code: 50013): Missing Permissions",
        "https://discord.com/api/v10",
        403,
        { message: "Missing Permissions", code: 50_013 },
      ],
      [
        "tweepy.errors.Unauthorized: 401 Unauthorized\n89 - Invalid or expired token.",
        "https://api.twitter.com/2",
        401,
        { errors: [{ code: 89, message: "Invalid or expired token." }] },
      ],
      [
        "prawcore.exceptions.OAuthException: invalid_grant error processing request",
        "https://www.reddit.com/api/v1/access_token",
        400,
        { error: "invalid_grant", error_description: "" },
      ],
      [
        "spotipy.exceptions.SpotifyException: http status: 403, code:-1 - https://api.spotify.com/v1/me/player:\n Insufficient client scope, reason: None",
        "https://api.spotify.com/v1/me/player",
        403,
        { error: { status: 403, message: "Insufficient client scope" } },
      ],
      [
        "Twilio\\Exceptions\\RestException: [HTTP 401] Unable to create record: Authenticate",
        "https://api.twilio.com/2010-04-01",
        401,
        { message: "Unable to create record: Authenticate", code: 20_003 },
      ],
      [
        "Koala::Facebook::AuthenticationError: type: OAuthException, code: 190, error_subcode: 463, message: Session has expired [HTTP 400]",
        "",
        400,
        { error: { message: "Session has expired", type: "OAuthException", code: 190, error_subcode: 463 } },
      ],
      [
        "GraphqlResponseError: Request failed due to following response errors:\n - Resource not accessible by integration",
        "https://api.github.com/graphql",
        200,
        { data: null, errors: [{ message: "Resource not accessible by integration" }] },
      ],
      [
        "telegram.error.InvalidToken: The token `1:TEST` was rejected by the server.",
        "https://api.telegram.org/bot",
        401,
        { ok: false, error_code: 401, description: "Unauthorized" },
      ],
      [
        'Error: GET https://api.digitalocean.com/v2/account: 401 (request "8a1f-test") Unable to authenticate you',
        "https://api.digitalocean.com/v2/account",
        401,
        { message: "Unable to authenticate you" },
      ],
      [
        "restfly.errors.UnauthorizedError: [401: GET] https://studio.atlassian.net/rest/api/3/myself body=b'Passwords are deprecated.\\n'",
        "https://studio.atlassian.net/rest/api/3/myself",
        401,
        { message: "Passwords are deprecated." },
      ],
    ]
    for (const [text, url, status, body] of cases) {
      const found = read(text)
      assert.deepStrictEqual([found.url ?? "", found.status, found.body], [url, status, body], text)
    }
  })
})

describe("the elements of a response that an SDK prints", () => {
  const detailOf = (text: string) => {
    const input = ExplainInput.recognize(new TextEncoder().encode(text))
    assert(input._tag === "Exchange", text)
    return Explain.explain(input.exchange).detail
  }
  const sentence =
    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint."

  it("reads the endpoint of a redirect from SDK errors on iOS and on Node", () => {
    for (const text of [
      `upload() failed: [Error Domain=com.amazonaws.AWSS3ErrorDomain Code=0 "(null)" UserInfo={HostId=a=, Bucket=b, Endpoint=b.s3-ap-southeast-2.amazonaws.com, Message=${sentence}, Code=PermanentRedirect, RequestId=T1}]`,
      `PermanentRedirect: ${sentence}\n    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:1:1) {\n  '$fault': 'client',\n  Code: 'PermanentRedirect',\n  Endpoint: 'b.s3-ap-southeast-2.amazonaws.com',\n  Bucket: 'b'\n}`,
    ])
      assert.include(detailOf(text), "b.s3-ap-southeast-2.amazonaws.com", text)
  })

  it("reads the endpoint after the message from the AWS CLI", () => {
    const text = `A client error (PermanentRedirect) occurred when calling the ListObjects operation: ${sentence.slice(0, -1)}: b.s3-ap-southeast-2.amazonaws.com\nYou can fix it.`
    assert.include(detailOf(text), "b.s3-ap-southeast-2.amazonaws.com")
  })

  it("reads the elements of a response from a PHP array and from an R log", () => {
    const php = `Uncaught SpacesAPIException: {"error":{"message":null,"code":"SignatureDoesNotMatch","type":"client","http_code":403}} in /a.php:1`
    assert.match(detailOf(php), /secret|request/)
    const paws = [
      "INFO [2026-11-10 17:52:01.878]: -> GET /?list-type=2 HTTP/1.1",
      "-> Host: b.s3.eu-west-1.amazonaws.com",
      "-> ",
      "INFO [2026-11-10 17:52:01.910]: <- HTTP/1.1 301 Moved Permanently",
      "INFO [2026-11-10 17:52:01.910]: <- x-amz-bucket-region: us-east-2",
      "INFO [2026-11-10 17:52:01.910]: <- x-amz-request-id: T1",
      "INFO [2026-11-10 17:52:01.910]: <- ",
    ]
    assert.include(detailOf(paws.join("\n")), "us-east-2")
  })

  it("does not read an endpoint from the settings as part of the response", () => {
    const text = `PermanentRedirect: ${sentence}\n    at extractError (/app/node_modules/aws-sdk/lib/services/s3.js:343:35)\nEndpoint: minio.example`
    assert.notInclude(detailOf(text), "minio.example")
  })

  it("reads the access key ID and the timestamps from an SDK error", () => {
    const key = `InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.\n    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:1:1) {\n  Code: 'InvalidAccessKeyId',\n  AWSAccessKeyId: 'ASIATESTEXAMPLE00001'\n}`
    assert.match(detailOf(key), /The key id belongs to a session/)
    const skew = `RequestTimeTooSkewed: The difference between the request time and the current time is too large.\n    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:1:1) {\n  Code: 'RequestTimeTooSkewed',\n  RequestTime: '20261118T080000Z',\n  ServerTime: '2026-11-18T09:00:00Z'\n}`
    assert.match(detailOf(skew), /60 min|1 h/)
  })
})

describe("an API message that rejects the request", () => {
  it("reads a message in which an API rejects a request, even if the message has no status", () => {
    const text = "Connection failed: Invalid access token, does not contain scopes: [user:read]."
    assert.deepStrictEqual(read(text), {
      as: "an API message that rejects the request",
      url: undefined,
      status: 400,
      body: { message: "Invalid access token, does not contain scopes: [user:read]." },
    })
  })

  it("does not mistake another program's permission error for an API's message", () => {
    assert.strictEqual(read("mkdir: cannot create directory: you do not have permission").status, undefined)
  })
})
