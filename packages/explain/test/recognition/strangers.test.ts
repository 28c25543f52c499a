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

describe("the message of a network failure", () => {
  it("recognizes network failures in messages in other languages", () => {
    table([
      ["connect: Connexion refusée", "HTTP-NET-001 likely"],
      [
        "IOException: Es konnte keine Verbindung hergestellt werden, da der Zielcomputer die Verbindung verweigerte",
        "HTTP-NET-001 likely",
      ],
      ["Невозможно разрешить удаленное имя: 'api.example.org'", "HTTP-DNS-001 likely"],
      ["由于目标计算机积极拒绝，无法连接。", "HTTP-NET-001 likely"],
    ])
  })
  it("recognizes a network failure by its system error number", () => {
    table([
      ["OSError: [WinError 10054] Eine vorhandene Verbindung wurde vom Remotehost geschlossen", "HTTP-NET-003 likely"],
      ['Error Domain=NSURLErrorDomain Code=-1001 "Die Zeit ist abgelaufen" UserInfo={}', "HTTP-NET-005 likely"],
      [
        'Error Domain=NSURLErrorDomain Code=-1004 "Could not connect to the server." UserInfo={}',
        "HTTP-NET-017 likely",
      ],
      [
        "WinHttpException: Error 12029 calling WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, 'A connection with the server could not be established'.",
        "HTTP-NET-017 likely",
      ],
    ])
  })
  it("recognizes a network failure in the messages of client exceptions", () => {
    table([
      ["dial tcp: lookup registry.example.org: i/o timeout", "HTTP-DNS-002 likely"],
      ["OSError: [Errno 113] Connect call failed ('192.168.1.12', 8123)", "HTTP-NET-006 likely"],
      ["OSError: [Errno 111] Connect call failed ('127.0.0.1', 8123)", "HTTP-NET-001 likely"],
      ["D/OkHttp: <-- HTTP FAILED: javax.net.ssl.SSLHandshakeException: Handshake failed", "HTTP-TLS-008 likely"],
      [
        "Error: https://registry.example.org/lodash: tunneling socket could not be established, statusCode=403",
        "HTTP-BOX-006 likely",
      ],
      [
        "npm ERR! tunneling socket could not be established, cause=connect ECONNREFUSED 10.0.0.1:8080",
        "HTTP-NET-014 likely",
      ],
      [
        "error sending request for url (https://api.example.org/): error trying to connect: invalid peer certificate: UnknownIssuer",
        "HTTP-TLS-004 likely",
      ],
      [
        "TimeoutError: Timeout awaiting 'request' for 5000ms\n    at ClientRequest.<anonymous> (got/dist/source/core/timed-out.js:1:2)",
        "HTTP-NET-005 likely",
      ],
      [
        "System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.\n ---> System.TimeoutException: The operation was canceled.",
        "HTTP-NET-005 likely",
      ],
      ["AxiosError: Network Error\n    at XMLHttpRequest.handleError (xhr.js:178:14)", "HTTP-NET-007 likely"],
      [
        "google.auth.exceptions.TransportError: HTTPSConnectionPool(host='oauth2.googleapis.com', port=443): Max retries exceeded with url: /token (Caused by ProxyError('Unable to connect to proxy', OSError('Tunnel connection failed: 403 Forbidden')))",
        "HTTP-BOX-006 likely",
      ],
      ["ERROR Task timed out after 3.00 seconds", "HTTP-NET-016 likely"],
    ])
  })
})

describe("the status that a client keeps of a response", () => {
  it("reads the status that a client reports without the rest of the response", () => {
    table([
      [
        "Fatal: unable to open config file: Stat: 401 \nIs there a repository at the following location?\ns3:https://s3.example.org/b",
        "HTTP-STATUS-001 likely",
      ],
      [
        "operation error S3: PutObject, https response error StatusCode: 499, RequestID: , HostID: , api error UnknownError: UnknownError",
        "HTTP-BOX-012 likely",
      ],
      [
        "aiohttp.client_exceptions.ClientResponseError: 404, message='Not Found', url='https://api.example.org/v1/items'",
        "HTTP-STATUS-003 likely",
      ],
      [
        "System.Net.WebException: Der Remoteserver hat einen Fehler zurückgegeben: (401) Nicht autorisiert.",
        "HTTP-STATUS-001 likely",
      ],
      [
        "urllib3.exceptions.MaxRetryError: HTTPConnectionPool(host='mlflow', port=5000): Max retries exceeded with url: /api (Caused by ResponseError('too many 500 error responses'))",
        "HTTP-STATUS-006 likely",
      ],
      [
        "mlflow.exceptions.RestException: INTERNAL_ERROR: API request to endpoint /api/2.0/x failed with error code 500 != 200. Response body: 'Internal Server Error'",
        "HTTP-STATUS-006 likely",
      ],
    ])
  })
})

describe("a gateway's message", () => {
  it("recognizes a gateway's message without a status", () => {
    table([
      ['{"message":"Missing Authentication Token"}', "HTTP-BOX-010 likely"],
      ['{"message": "Endpoint request timed out"}', "HTTP-BOX-003 likely"],
      ['{"message": "Internal server error"}', "HTTP-BOX-001 likely"],
      [
        "The request was not authenticated. Either allow unauthenticated invocations or set the proper Authorization header.",
        "HTTP-BOX-013 likely",
      ],
    ])
  })
})

describe("the output of a tool", () => {
  it("recognizes image registry errors in a tool's output", () => {
    table([
      [
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref registry.example.org/web:latest: registry.example.org/web:latest: not found",
        "HTTP-API-031 likely",
      ],
      ["Error response from daemon: toomanyrequests: You have reached your pull rate limit.", "HTTP-LIMIT-005 likely"],
      [
        "Error response from daemon: pull access denied for web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
        "HTTP-API-030 likely",
      ],
      ["Failed to pull image: no basic auth credentials", "HTTP-API-030 likely"],
    ])
  })
  it("recognizes Terraform state lock errors in a tool's output", () => {
    table([
      [
        "Error: Error acquiring the state lock\n\nError message: ConditionalCheckFailedException: The conditional request failed\nLock Info:\n  ID: 1\n",
        "S3-CLIENT-012 likely",
      ],
    ])
  })
  it("recognizes object storage errors in a tool's output", () => {
    table([
      [
        "s3fs: invalid credentials(host=https://s3.amazonaws.com) - result of checking service.",
        "S3-PERM-007 possible",
      ],
      ["PermissionError: Forbidden", "S3-PERM-007 possible"],
    ])
  })
})

describe("a dump of the AWS SDK for JavaScript", () => {
  it("includes the message before the opening brace of an SDK error dump", () => {
    table([
      [
        "NoSuchBucket: The specified bucket does not exist\n    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:388:20) {\n  '$fault': 'client',\n  '$metadata': {\n    httpStatusCode: 404,\n    requestId: '8K3F'\n  },\n  Code: 'NoSuchBucket'\n}",
        "S3-PLACE-005 likely",
      ],
      [
        "AccessDenied: Access Denied\n    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:388:20) {\n  '$fault': 'client',\n  '$metadata': {\n    httpStatusCode: 403,\n    requestId: '8K3F'\n  },\n  Code: 'AccessDenied'\n}",
        "S3-PERM-007 possible",
      ],
    ])
  })
})

describe("a sign-in library's error", () => {
  it("recognizes a sign-in library's error without a response", () => {
    table([
      [
        "google.auth.exceptions.DefaultCredentialsError: Your default credentials were not found.",
        "OAUTH-CLIENT-014 likely",
      ],
      [
        "oauthlib.oauth2.rfc6749.errors.InsecureTransportError: (insecure_transport) OAuth 2 MUST utilize https.",
        "OAUTH-REQUEST-015 likely",
      ],
      ['Warning: Scope has changed from "email" to "openid email".', "OAUTH-CALLBACK-005 likely"],
      ["BrowserAuthError: interaction_in_progress: Interaction is currently in progress.", "OAUTH-CALLBACK-004 likely"],
      [
        "oauthlib.oauth2.rfc6749.errors.MissingTokenError: (missing_token) Missing access token parameter.",
        "OAUTH-SERVER-008 likely",
      ],
    ])
  })
})
