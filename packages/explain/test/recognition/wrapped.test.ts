import { assert, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as ExplainInput from "@holdfast/explain/Input"

/** The code and the confidence of the first cause, or `-` for a text that is not recognized. */
const first = (text: string): string => {
  const input = ExplainInput.recognize(new TextEncoder().encode(text))
  if (input._tag === "Unusable") return "-"
  const { code, confidence, outcome } = Explain.explain(input.exchange)
  return code === undefined ? outcome : `${code.replace("HF-", "")} ${confidence}`
}

const table = (rows: ReadonlyArray<readonly [text: string, code: string]>): void => {
  for (const [text, code] of rows) assert.strictEqual(first(text), code, text)
}

const cut = (text: string, width: number): string => text.match(new RegExp(`.{1,${width}}`, "g"))?.join("\n") ?? ""

describe("a text wrapped by a terminal", () => {
  const boto =
    "botocore.exceptions.ClientError: An error occurred (InvalidAccessKeyId) when calling the PutObject operation: The AWS Access Key Id you provided does not exist in our records."
  it("joins lines of text that a terminal wrapped, regardless of the terminal's width", () => {
    for (const width of [44, 58, 61, 80]) assert.strictEqual(first(cut(boto, width)), "S3-AUTH-007 likely", `${width}`)
  })
  it("does not join lines of different lengths", () => {
    table([
      [
        "Traceback (most recent call last):\nbotocore.exceptions.ClientError: An error occurred (SlowDown) when calling the PutObject operation: Slow",
        "S3-SVC-002 likely",
      ],
    ])
  })
})

describe("a browser's console in another language", () => {
  const page = "https://rushes.s3.eu-west-1.amazonaws.com/A001.mov"
  it("uses the reason to recognize a CORS error in another language", () => {
    table(
      [
        `Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen Ressource auf ${page}. (Grund: CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt). Statuscode: 403.`,
        `Blocage d’une requête multiorigine (Cross-Origin Request) : la politique « Same Origin » ne permet pas de consulter la ressource distante située sur ${page}. Raison : l’en-tête CORS « Access-Control-Allow-Origin » est manquant. Code d’état : 403.`,
        `已拦截跨源请求：同源策略禁止读取位于 ${page} 的远程资源。（原因：CORS 头缺少 'Access-Control-Allow-Origin'）。状态码：403。`,
      ].map((text) => [text, "HTTP-NET-012 likely"] as const),
    )
  })
})

describe("the error of a client that keeps only the status", () => {
  it("reads the status from the error of a client that keeps only the status", () => {
    table([
      [
        "Invoke-WebRequest : The remote server returned an error: (403) Forbidden.\n    + CategoryInfo          : InvalidOperation: (System.Net.HttpWebRequest:HttpWebRequest) [Invoke-WebRequest], WebException",
        "HTTP-STATUS-002 possible",
      ],
      [
        'DEBUG urllib3.connectionpool: https://api.trakt.tv:443 "POST /oauth/device/token HTTP/1.1" 400 None',
        "OAUTH-DEVICE-001 likely",
      ],
    ])
  })
  it("uses the status that .NET, curl or undici reports to explain an error", () => {
    table([
      [
        "System.Net.Http.HttpRequestException: Response status code does not indicate success: 403 (Forbidden).",
        "HTTP-STATUS-002 possible",
      ],
      ["http_code=403 time_total=0.081", "HTTP-STATUS-002 possible"],
      [
        "System.Net.Http.HttpRequestException: The proxy tunnel request to proxy 'http://proxy.studio.example:8080/' failed with status code '407'.\"",
        "HTTP-BOX-005 likely",
      ],
      ["RequestAbortedError [AbortError]: Proxy response (407) !== 200 when HTTP Tunneling", "HTTP-BOX-005 likely"],
    ])
  })
  it("does not infer a cause from a request body that the client has redacted", () => {
    assert.strictEqual(
      first(
        "GaxiosError: invalid_grant {\n  config: {\n    method: 'POST',\n    url: 'https://oauth2.googleapis.com/token',\n    data: '<<REDACTED> - See `errorRedactor` option in `gaxios` for configuration>.',\n    headers: { 'Content-Type': 'application/x-www-form-urlencoded' }\n  },\n  response: {\n    data: { error: 'invalid_grant', error_description: 'Bad Request' },\n    status: 400,\n    statusText: 'Bad Request'\n  }\n}",
      ),
      "OAUTH-GRANT-005 possible",
    )
  })
})

describe("an API behind Amazon's gateway", () => {
  const answer = (host: string, challenge: string, body: string) =>
    `GET /reels HTTP/1.1\nHost: ${host}\nAuthorization: Bearer abc\n\nHTTP/1.1 401 Unauthorized\nwww-authenticate: Bearer${challenge}\napigw-requestid: A=\n\n${body}\n`
  const host = "abc.execute-api.eu-west-1.amazonaws.com"
  it("uses the authentication challenge to explain a rejection that has no useful message", () => {
    const why = ' scope="" error="invalid_token" error_description="the token does not have a valid audience"'
    assert.strictEqual(first(answer(host, why, '{"message":"Unauthorized"}')), "OAUTH-BEARER-005 likely")
    assert.strictEqual(first(answer(host, "", '{"message":"Unauthorized"}')), "HTTP-BOX-013 likely")
  })
  it("does not report a storage error for a request with a bearer token, because object storage does not accept bearer tokens", () => {
    assert.notMatch(first(answer(host, ' error="invalid_token"', "")), /S3/)
  })
})

describe("a log with several failures", () => {
  it("explains the error in a log, not the warning about a retry", () => {
    table([
      [
        "12:29:58 WARN SlowDown: Please reduce your request rate. retrying\n12:30:01 ERROR upload failed: NoSuchUpload: The specified multipart upload does not exist.",
        "S3-MPU-007 likely",
      ],
      ["12:29:58 WARN SlowDown: Please reduce your request rate. retrying", "S3-SVC-002 likely"],
    ])
  })
})

describe("the response of a function behind a gateway", () => {
  it("decodes a function's response from base64", () => {
    const body = btoa("<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>")
    table([[JSON.stringify({ statusCode: 404, isBase64Encoded: true, headers: {}, body }), "S3-PLACE-005 certain"]])
  })
})
