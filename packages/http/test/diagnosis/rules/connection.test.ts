import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

const put = {
  method: "PUT",
  url: "https://upload.example.com/clip.mov",
  headers: { "content-type": "video/quicktime" },
  size: 21_136_250,
}

const codeOf = (failure: string, request?: Diagnosis.Exchange["request"]): string | undefined =>
  Diagnosis.explain({ failure, ...(request === undefined ? {} : { request }) }).code

describe("a scheme in place of the host", () => {
  for (const failure of [
    "curl: (6) Could not resolve host: https",
    "getaddrinfo ENOTFOUND https",
    "dial tcp: lookup https: no such host",
    "java.net.UnknownHostException: https",
  ])
    it(`reports a scheme in place of the host for "${failure}"`, () => {
      assert.match(Diagnosis.explain({ failure }).detail, /"https" as the host name/)
    })

  it("does not report a scheme in place of the host if the host name only begins with the name of a scheme", () => {
    for (const failure of ["getaddrinfo ENOTFOUND https.example.com", "Could not resolve host: http-proxy"])
      assert.notMatch(Diagnosis.explain({ failure }).detail, /for the host name/)
  })
})

describe("a failure without a response", () => {
  const said: ReadonlyArray<readonly [words: string, code: string]> = [
    // Node and undici
    ["connect ECONNREFUSED 127.0.0.1:8080", "HF-HTTP-NET-001"],
    ["ECONNRESET", "HF-HTTP-NET-003"],
    ["socket hang up", "HF-HTTP-NET-003"],
    ["UND_ERR_SOCKET: other side closed", "HF-HTTP-NET-003"],
    ["connect ETIMEDOUT 192.0.2.1:443", "HF-HTTP-NET-004"],
    ["UND_ERR_CONNECT_TIMEOUT", "HF-HTTP-NET-004"],
    ["ETIMEDOUT", "HF-HTTP-NET-005"],
    ["UND_ERR_HEADERS_TIMEOUT", "HF-HTTP-NET-005"],
    ["TimeoutError: The operation was aborted due to timeout", "HF-HTTP-NET-005"],
    ["connect EHOSTUNREACH 192.0.2.1:443", "HF-HTTP-NET-006"],
    ["getaddrinfo ENOTFOUND api.example.com", "HF-HTTP-DNS-001"],
    ["getaddrinfo EAI_AGAIN api.example.com", "HF-HTTP-DNS-002"],
    ["CERT_HAS_EXPIRED", "HF-HTTP-TLS-001"],
    ["certificate is not yet valid", "HF-HTTP-TLS-002"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "HF-HTTP-TLS-004"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "HF-HTTP-TLS-004"],
    ["write EPROTO 00:error:0A00010B:SSL routines:ssl3_get_record:wrong version number", "HF-HTTP-TLS-005"],
    ["ERR_SSL_HTTP_REQUEST", "HF-HTTP-TLS-006"],
    ["HPE_INVALID_CONSTANT", "HF-HTTP-ANSWER-003"],
    ["curl: (1) Received HTTP/0.9 when not allowed", "HF-HTTP-ANSWER-003"],
    [
      'Get "http://nas:22/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-x"',
      "HF-HTTP-ANSWER-003",
    ],
    ["http.client.BadStatusLine: SSH-2.0-OpenSSH_9.6", "HF-HTTP-ANSWER-003"],
    ["net::ERR_INVALID_HTTP_RESPONSE", "HF-HTTP-ANSWER-003"],
    ["java.net.SocketException: Unexpected end of file from server", "HF-HTTP-NET-003"],
    // Our own errors by name
    ["ConnectionReset", "HF-HTTP-NET-003"],
    ["RequestTimedOut", "HF-HTTP-NET-005"],
    ["CaptivePortal", "HF-HTTP-PORTAL-001"],
    ["TruncatedBody", "HF-HTTP-ANSWER-001"],
    // Browsers
    ["TypeError: Failed to fetch", "HF-HTTP-NET-007"],
    ["TypeError: Load failed", "HF-HTTP-NET-007"],
    ["TypeError: NetworkError when attempting to fetch resource.", "HF-HTTP-NET-007"],
    ["net::ERR_NAME_NOT_RESOLVED", "HF-HTTP-DNS-001"],
    ["net::ERR_CONNECTION_REFUSED", "HF-HTTP-NET-001"],
    ["net::ERR_CERT_DATE_INVALID", "HF-HTTP-TLS-001"],
    // curl
    ["curl: (6) Could not resolve host: api.example.com", "HF-HTTP-DNS-001"],
    ["curl: (7) Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server", "HF-HTTP-NET-001"],
    ["curl: (28) Operation timed out after 5000 milliseconds with 0 bytes received", "HF-HTTP-NET-005"],
    ["curl: (52) Empty reply from server", "HF-HTTP-NET-003"],
    ["curl: (56) Recv failure: Connection reset by peer", "HF-HTTP-NET-003"],
    ["curl: (60) SSL certificate problem: self-signed certificate", "HF-HTTP-TLS-004"],
    // Go, Python and Java
    ["dial tcp: lookup api.example.com: no such host", "HF-HTTP-DNS-001"],
    ["dial tcp 192.0.2.1:443: connect: connection refused", "HF-HTTP-NET-001"],
    ["dial tcp 192.0.2.1:443: i/o timeout", "HF-HTTP-NET-004"],
    ["x509: certificate signed by unknown authority", "HF-HTTP-TLS-004"],
    ["http: server gave HTTP response; tls: first record does not look like a TLS handshake", "HF-HTTP-TLS-005"],
    ["[Errno -3] Temporary failure in name resolution", "HF-HTTP-DNS-002"],
    ["[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch", "HF-HTTP-TLS-003"],
    ["java.net.UnknownHostException: api.example.com", "HF-HTTP-DNS-001"],
    // Certificate errors that installing a root does not resolve
    ["CERT_REVOKED", "HF-HTTP-TLS-009"],
    ["net::ERR_CERT_REVOKED", "HF-HTTP-TLS-009"],
    ["SEC_ERROR_REVOKED_CERTIFICATE", "HF-HTTP-TLS-009"],
    ["curl: (60) SSL certificate problem: certificate revoked", "HF-HTTP-TLS-009"],
    ["[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate revoked", "HF-HTTP-TLS-009"],
    ["java.security.cert.CertificateRevokedException: Certificate has been revoked", "HF-HTTP-TLS-009"],
    ["curl: (60) SSL certificate problem: Certificate chain had an expired certificate", "HF-HTTP-TLS-001"],
    ["certificate problem: Certificate chain had a certificate not yet valid", "HF-HTTP-TLS-002"],
    ["[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: IP address mismatch", "HF-HTTP-TLS-003"],
    // Alerts with which a server rejects the client's certificate
    ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: sslv3 alert certificate revoked", "HF-HTTP-TLS-008"],
    ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: sslv3 alert certificate expired", "HF-HTTP-TLS-008"],
    // An unknown error
    ["fetch failed", "HF-HTTP-NET-008"],
    ["computer says no", "HF-HTTP-NET-008"],
  ]

  for (const [words, code] of said) {
    it(`explains the failure "${words}" with ${code}`, () => {
      assert.strictEqual(codeOf(words), code)
    })
  }

  it("reports that a rejection was probably lost if the connection breaks in the middle of a body", () => {
    for (const failure of ["EPIPE", "ECONNRESET", "[Errno 32] Broken pipe"]) {
      const { code, confidence, detail } = Diagnosis.explain({ failure, request: { ...put, sent: 4_194_304 } })
      assert.strictEqual(code, "HF-HTTP-NET-002", failure)
      assert.strictEqual(confidence, "likely")
      assert.include(detail, "4194304 of 21136250 bytes")
    }
  })

  it("reports only a reset if the connection breaks after the whole body, or if the request has no body", () => {
    assert.strictEqual(codeOf("ECONNRESET", { ...put, sent: put.size }), "HF-HTTP-NET-003")
    assert.strictEqual(codeOf("ECONNRESET", { method: "GET", url: "https://api.example.com/" }), "HF-HTTP-NET-003")
  })

  it("returns the retry advice that the engine follows", () => {
    assert.strictEqual(Diagnosis.explain({ failure: "ECONNREFUSED" }).retry.verdict, "always")
    assert.strictEqual(Diagnosis.explain({ failure: "UND_ERR_INVALID_ARG" }).retry.verdict, "never")
    assert.strictEqual(Diagnosis.explain({ failure: "CERT_HAS_EXPIRED" }).retry.change, "clock")
  })

  it("shows the time of the local clock that was used to check a certificate", () => {
    const at = Date.parse("1970-01-01T00:03:10Z")
    assert.include(Diagnosis.explain({ failure: "CERT_NOT_YET_VALID", at }).detail, "1970-01-01T00:03:10")
    assert.notInclude(Diagnosis.explain({ failure: "CERT_NOT_YET_VALID", at: 1e20 }).detail, "clock says")
  })

  it("reports CORS only as a possible cause if a browser shows a failure as status 0", () => {
    const { code, confidence } = Diagnosis.explain({ response: { status: 0 } })
    assert.strictEqual(code, "HF-HTTP-NET-007")
    assert.strictEqual(confidence, "possible")
  })
})

/** Messages of clients, and their causes. */
const words: ReadonlyArray<readonly [failure: string, code: string, detail?: RegExp]> = [
  ["curl: (92) HTTP/2 stream 0 was not closed cleanly: INTERNAL_ERROR (err 2)", "HF-HTTP-NET-003", /HTTP\/1\.1/],
  ["net::ERR_QUIC_PROTOCOL_ERROR", "HF-HTTP-NET-003", /QUIC/],
  ["requests.exceptions.TooManyRedirects: Exceeded 30 redirects.", "HF-HTTP-ANSWER-007"],
  ["curl: (47) Maximum (50) redirects followed", "HF-HTTP-ANSWER-007"],
  ["SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON", "HF-HTTP-ANSWER-002", /web page/],
  ["querySrv ECONNREFUSED _mongodb._tcp.cluster0.example.net", "HF-HTTP-DNS-002"],
  ["getaddrinfo EAI_AGAIN api.example.com", "HF-HTTP-DNS-002"],
  ["connect ECONNREFUSED ::1:3000", "HF-HTTP-NET-001", /IPv6/],
  ["connect EMFILE 203.0.113.4:443", "HF-HTTP-NET-006", /descriptors/],
  ["Error: EACCES: permission denied, open '/tmp/a'", "HF-HTTP-NET-008"],
  ["ProxyError('Cannot connect to proxy.', NewConnectionError('[Errno 111] Connection refused'))", "HF-HTTP-NET-014"],
  ["ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden'))", "HF-HTTP-BOX-006"],
  ["CLEARTEXT communication to api.example.com not permitted by network security policy", "HF-HTTP-NET-010", /https/],
  ['TypeError: Invalid character in header content ["Authorization"]', "HF-HTTP-NET-010", /newline.*echo -n/],
  ['net/http: invalid header field value for "X-Custom"', "HF-HTTP-NET-010", /newline[^A]*$/],
  ["Unexpected char 0x0a at 64 in Authorization value: AWS4-HMAC-SHA256", "HF-HTTP-NET-010", /Authorization/],
  ['Invalid character in header content ["x-amz-meta-name"]', "HF-HTTP-NET-010", /not ASCII/],
  ["Unexpected char 0x9060 at 54 in header value: a", "HF-HTTP-NET-010", /not ASCII/],
  ["ERR_UNESCAPED_CHARACTERS", "HF-HTTP-NET-010"],
  ["TypeError: RequestInit: duplex option is required when sending a body.", "HF-HTTP-NET-010", /duplex: "half"/],
  ["ERR_FR_MAX_BODY_LENGTH_EXCEEDED", "HF-HTTP-NET-010", /maxBodyLength/],
  ["http: ContentLength=14403 with Body length 0", "HF-HTTP-NET-011", /already consumed the stream/],
  [
    "Sent 0 request content bytes, but Content-Length promised 14403.",
    "HF-HTTP-NET-011",
    /already consumed the stream/,
  ],
  ["SSLEOFError(8, 'EOF occurred in violation of protocol (_ssl.c:2396)')", "HF-HTTP-NET-003", /still writing/],
  ["SSLEOFError(8, 'EOF occurred in violation of protocol (_ssl.c:1007)')", "HF-HTTP-TLS-008", /handshake/],
  ["net::ERR_BAD_SSL_CLIENT_AUTH_CERT", "HF-HTTP-TLS-010"],
  ["SSL: CERTIFICATE_VERIFY_FAILED EE certificate key too weak", "HF-HTTP-TLS-004", /weak/],
  ["error:141A318A:SSL routines:tls_process_ske_dhe:dh key too small", "HF-HTTP-TLS-007", /DH/],
]

describe("the message of a client", () => {
  for (const [failure, code, detail = /./] of words) {
    it(`explains the client message "${failure.slice(0, 60)}" with ${code}`, () => {
      const explanation = Diagnosis.explain({ request: { method: "GET", url: "https://api.example.com/a" }, failure })
      assert.strictEqual(explanation.code, code)
      assert.match(explanation.detail, detail)
    })
  }

  it("explains that only its own network can resolve a host name without a dot", () => {
    const request = { method: "GET", url: "http://db:8080/" }
    for (const failure of ["getaddrinfo ENOTFOUND db", "getaddrinfo EAI_AGAIN db"])
      assert.match(Diagnosis.explain({ request, failure }).detail, /container/)
  })
})
