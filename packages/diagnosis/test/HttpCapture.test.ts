import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as FileSystem from "node:fs"
import { Exchange, HttpCapture } from "@holdfast/diagnosis"

const folder = new URL("fixtures/captures/", import.meta.url)
const bytes = (name: string): Uint8Array => FileSystem.readFileSync(new URL(`${name}.http`, folder))
const captured = (name: string) => HttpCapture.parse(bytes(name))!

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

const octets = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 })))

/** Replaces half of a surrogate pair, which has no UTF-8. */
const wellFormed = (text: string) => new TextDecoder().decode(encode(text))

const crlf = (...lines: ReadonlyArray<string>): string => lines.join("\r\n")

/** The contents of a form, one line per part. */
const parts = ({ request }: Exchange.Exchange): ReadonlyArray<string> =>
  (request?.form ?? []).map((part) =>
    Exchange.isFile(part) ? `${part.name}: ${part.size} bytes, ${part.filename}, ${part.type}` : part.name,
  )

const form = (boundary: string, ...more: ReadonlyArray<string>) => [
  `--${boundary}`,
  'Content-Disposition: form-data; name="key"',
  "",
  "up/clip.mov",
  ...more,
]

describe("HttpCapture", () => {
  it("parses a request to a real server and the server's response", () => {
    assert.deepStrictEqual(captured("18-bad-secret-basic"), {
      request: {
        method: "POST",
        url: "http://127.0.0.1:7500/token",
        headers: {
          host: "127.0.0.1:7500",
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
          "content-length": "79",
          authorization: "Basic Y2FtLWJhc2ljOmJhZA==",
        },
        body: "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=x",
        size: 79,
      },
      response: {
        status: 401,
        reason: "Unauthorized",
        headers: {
          Vary: "Origin",
          "Access-Control-Allow-Origin": "*",
          "Access-Control-Expose-Headers": "WWW-Authenticate",
          "cache-control": "no-store",
          "WWW-Authenticate":
            'Basic realm="http://127.0.0.1:7500", error="invalid_client", error_description="client authentication failed"',
          "Content-Type": "application/json; charset=utf-8",
          "Content-Length": "77",
          Date: "Sat, 21 Nov 2026 17:41:46 GMT",
          Connection: "close",
        },
        body: '{"error":"invalid_client","error_description":"client authentication failed"}',
      },
    })
  })

  it("computes body sizes that match the Content-Length header, unless a body is truncated", () => {
    const broken = new Set(["P31b-truncated", "U17-truncated"])
    for (const file of FileSystem.readdirSync(folder)) {
      const name = file.replace(/\.http$/, "")
      const { request, response } = captured(name)
      const stated = Object.entries(request!.headers!).find(
        ([header]) => header.toLowerCase() === "content-length",
      )?.[1]
      if (stated !== undefined && !broken.has(name)) assert.strictEqual(request!.size, Number(stated), name)
      assert.isDefined(response, name)
    }
    assert.strictEqual(captured("U17-truncated").request!.size, 4)
    assert.strictEqual(captured("P31b-truncated").request!.size, 1077)
  })

  it("returns the same exchange for a capture as text, as bytes and with other line endings", () => {
    for (const file of FileSystem.readdirSync(folder)) {
      const raw = bytes(file.replace(/\.http$/, ""))
      const text = new TextDecoder().decode(raw)
      const exchange = HttpCapture.parse(raw)
      assert.deepStrictEqual(HttpCapture.parse(text), exchange, file)
      if (/chunked|truncated/.test(file)) continue
      assert.deepStrictEqual(HttpCapture.parse(text.replaceAll("\r\n", "\n")), exchange, file)
    }
  })

  describe("comments", () => {
    it("reads the time, the attempt, the failure and the number of bytes sent from comments before the request", () => {
      const exchange = HttpCapture.parse(
        crlf(
          "# confidence: certain",
          "# at: 2026-11-21T17:23:58Z",
          "# attempt: 3",
          "# failure: ECONNRESET",
          "# sent: 4096",
          "# ===== REQUEST =====",
          "PUT /cap/u.txt HTTP/1.1",
          "Host: cap.s3.amazonaws.com",
          "",
          "",
        ),
      )
      assert.deepStrictEqual(exchange, {
        request: {
          method: "PUT",
          url: "https://cap.s3.amazonaws.com/cap/u.txt",
          headers: { Host: "cap.s3.amazonaws.com" },
          size: 0,
          sent: 4096,
        },
        at: "2026-11-21T17:23:58Z",
        attempt: 3,
        failure: "ECONNRESET",
      })
    })

    it("ignores comments with invalid values", () => {
      assert.deepStrictEqual(HttpCapture.parse("# at: yesterday\n# attempt: many\nHTTP/1.1 500 Oops\n\n"), {
        response: { status: 500, reason: "Oops", headers: {} },
      })
    })
  })

  describe("a capture without separator lines", () => {
    const request = crlf("POST /cap HTTP/1.1", "Host: s3.example.com", "Content-Length: 5", "", "a=b&c")
    const response = crlf("HTTP/1.1 403 Forbidden", "Content-Type: application/xml", "", "<Error/>")

    it("splits a capture without separator lines into the request and the response", () => {
      for (const between of ["\r\n", "\n", "\r\n\r\n", ""]) {
        const exchange = HttpCapture.parse(`${request}${between}${response}`)
        assert.strictEqual(exchange?.request?.body, "a=b&c")
        assert.strictEqual(exchange?.request?.size, 5)
        assert.strictEqual(exchange?.response?.status, 403)
        assert.strictEqual(exchange?.response?.body, "<Error/>")
      }
    })

    it("uses the Content-Length to find the end of a body that looks like a response", () => {
      const inner = "HTTP/1.1 200 OK\r\n\r\nsaved"
      const exchange = HttpCapture.parse(
        `PUT /log HTTP/1.1\r\nHost: h.test\r\nContent-Length: ${inner.length}\r\n\r\n${inner}\r\n${response}`,
      )
      assert.strictEqual(exchange?.request?.body, inner)
      assert.strictEqual(exchange?.response?.status, 403)
    })

    it("reads a capture that contains only a request or only a response", () => {
      assert.deepStrictEqual(HttpCapture.parse(response), {
        response: {
          status: 403,
          reason: "Forbidden",
          headers: { "Content-Type": "application/xml" },
          body: "<Error/>",
        },
      })
      assert.deepStrictEqual(Object.keys(HttpCapture.parse(request)!), ["request"])
    })

    it("does not report a body size if the capture contains no body", () => {
      assert.isUndefined(
        HttpCapture.parse("PUT /u HTTP/1.1\nHost: h.test\nContent-Length: 9\n\nHTTP/1.1 403 Forbidden\n\n")!.request!
          .size,
      )
    })

    it("reads an HTTP/2 status line, and a status line without a reason phrase", () => {
      for (const line of ["HTTP/2 400", "HTTP/2 400 ", "HTTP/1.1 400", "HTTP/2.0 400 Bad Request", "HTTP/3 400"]) {
        assert.strictEqual(HttpCapture.parse(`${line}\r\nserver: x\r\n\r\n`)?.response?.status, 400, line)
      }
    })

    it("skips 100 Continue and a proxy's response before the final response", () => {
      for (const first of ["HTTP/1.1 100 Continue", "HTTP/1.1 200 Connection established"]) {
        assert.strictEqual(HttpCapture.parse(`${first}\r\n\r\n${response}`)?.response?.status, 403)
      }
      assert.strictEqual(HttpCapture.parse("HTTP/1.1 100 Continue\r\n\r\n")?.response?.status, 100)
    })
  })

  describe("curl -v", () => {
    const output = [
      "* Host s3.example.com:443 was resolved.",
      "*   Trying 192.0.2.1:443...",
      "* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384",
      "> PUT /cap/u.txt?X-Amz-Expires=300 HTTP/2",
      "> Host: s3.example.com",
      "> Content-Length: 9",
      "> ",
      "} [9 bytes data]",
      "* upload completely sent off: 9 bytes",
      "< HTTP/2 100 ",
      "< ",
      "< HTTP/2 403 ",
      "< content-type: application/xml",
      "< ",
      "{ [20 bytes data]",
      '<?xml version="1.0"?>',
      "<Error><Code>AccessDenied</Code></Error>* Connection #0 to host s3.example.com left intact",
    ]

    it("reads the request without its body, and the last response, from the output of curl -v", () => {
      for (const end of ["\n", "\r\n"]) {
        assert.deepStrictEqual(HttpCapture.parse(output.join(end)), {
          request: {
            method: "PUT",
            url: "https://s3.example.com/cap/u.txt?X-Amz-Expires=300",
            headers: { Host: "s3.example.com", "Content-Length": "9" },
          },
          response: {
            status: 403,
            headers: { "content-type": "application/xml" },
            body: '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>',
          },
        })
      }
    })

    it("reads the reason for a missing response from the output of curl -v", () => {
      const broken = [...output.slice(0, 7), "curl: (56) Recv failure: Connection reset by peer"].join("\n")
      const exchange = HttpCapture.parse(broken)
      assert.strictEqual(exchange?.failure, "curl: (56) Recv failure: Connection reset by peer")
      assert.isUndefined(exchange?.response)
    })

    it("reads the last of several exchanges in the output of curl -v", () => {
      const exchange = HttpCapture.parse(
        ["> GET /a HTTP/1.1", "> Host: a.test", "> ", "< HTTP/1.1 307 T", "< ", "moved", ...output].join("\n"),
      )
      assert.strictEqual(exchange?.request?.method, "PUT")
      assert.strictEqual(exchange?.response?.status, 403)
    })
  })

  describe("the URL", () => {
    const url = (target: string, host?: string) =>
      HttpCapture.parse(`GET ${target} HTTP/1.1\n${host === undefined ? "" : `Host: ${host}\n`}\n`)?.request?.url

    it("uses an absolute request target as the URL", () => {
      assert.strictEqual(url("http://s3.example.com/a?b=c", "proxy.test:3128"), "http://s3.example.com/a?b=c")
      assert.strictEqual(
        HttpCapture.parse("GET https://s3.example.com/a\n\n")?.request?.url,
        "https://s3.example.com/a",
      )
    })

    it("uses the https scheme by default, but http for localhost and for ports other than 443", () => {
      assert.strictEqual(url("/a?b=c", "s3.example.com"), "https://s3.example.com/a?b=c")
      assert.strictEqual(url("/a", "s3.example.com:443"), "https://s3.example.com:443/a")
      assert.strictEqual(url("/a", "s3.example.com:9000"), "http://s3.example.com:9000/a")
      for (const host of ["localhost", "127.0.0.1", "bucket.localhost:443", "[::1]"]) {
        assert.strictEqual(url("/a", host), `http://${host}/a`)
      }
    })

    it("omits the host from the URL if the capture does not contain one", () => {
      assert.strictEqual(url("/a?b=c"), "/a?b=c")
    })
  })

  describe("headers", () => {
    it("preserves header names, joins repeated headers and unfolds folded headers", () => {
      const exchange = HttpCapture.parse(
        "HTTP/1.1 200 OK\r\nX-Long: one\r\n two\r\nVia: a\r\nno header\r\nvia:b\r\n__proto__: kept\r\n\r\n",
      )
      assert.deepStrictEqual(Object.entries(exchange!.response!.headers!), [
        ["X-Long", "one two"],
        ["Via", "a, b"],
        ["__proto__", "kept"],
      ])
    })
  })

  describe("multipart forms", () => {
    const post = (contentType: string, ...body: ReadonlyArray<string>) =>
      HttpCapture.parse(crlf("POST /cap HTTP/1.1", "Host: s3.example.com", contentType, "", ...body))!

    const file = [
      'Content-Disposition: form-data; name="file"; filename="clip.mov"',
      "Content-Type: video/quicktime",
      "",
    ]

    it("reads the parts of a multipart form in wire order", () => {
      assert.deepStrictEqual(parts(captured("T03-token-after-file-v4")), [
        "key",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "policy",
        "x-amz-signature",
        "file: 20 bytes, hello.txt, text/plain",
        "x-amz-security-token",
      ])
      assert.isUndefined(captured("T03-token-after-file-v4").request!.body)
    })

    it("treats a form part as a file if it has a filename or is named like a file field", () => {
      assert.include(parts(captured("P17d-file-no-filename")), "file: 16 bytes, undefined, undefined")
      const other = post(
        "Content-Type: multipart/form-data; boundary=B",
        "--B",
        'Content-Disposition: form-data; name="upload"; filename=""',
        "",
        "",
        "--B--",
      )
      assert.deepStrictEqual(parts(other), ["upload: 0 bytes, , undefined"])
    })

    it("reads form parts from the body if the header has no boundary, a wrong boundary or another media type", () => {
      const read = parts(captured("P01-ok-v4"))
      assert.lengthOf(read, 7)
      assert.deepStrictEqual(parts(captured("P22-no-boundary")), read)
      assert.deepStrictEqual(parts(captured("P22b-wrong-boundary")), read)
      assert.strictEqual(
        captured("P22b-wrong-boundary").request!.headers!["Content-Type"],
        "multipart/form-data; boundary=other",
      )
      assert.deepStrictEqual(parts(post("Content-Type: video/mp4", ...form("B", "--B--"))), ["key"])
    })

    it("reads form parts from a body with chunked framing", () => {
      assert.lengthOf(parts(captured("P31-chunked-te")), 7)
      assert.strictEqual(captured("U08-chunked-te").request!.body, "data")
    })

    it("ends the last form part where a truncated body ends", () => {
      assert.include(parts(captured("P31b-truncated")), "file: 2 bytes, hello.txt, text/plain")
    })

    it("stops at the last delimiter of a form, and does not mistake a longer boundary for the form's boundary", () => {
      const exchange = post(
        'Content-Type: multipart/form-data; charset=utf-8; boundary="B"',
        ...form(
          "B",
          "--Bigger",
          "--B ",
          'content-disposition:form-data; NAME=x; x="name=y"',
          "",
          "1",
          "--B--",
          "--B",
          "",
          "2",
        ),
      )
      assert.deepStrictEqual(exchange.request!.form, [
        { name: "key", value: "up/clip.mov\r\n--Bigger" },
        { name: "x", value: "1" },
      ])
    })

    it("measures form parts in bytes instead of characters, even if their values are not text", () => {
      const body = encode(crlf(...form("B", "--B", ...file, "naïve", "--B", "")))
      const value = new Uint8Array([...encode('Content-Disposition: form-data; name="x"\r\n\r\n'), 0xe9])
      const head = encode("POST / HTTP/1.1\r\nHost: h.test\r\nContent-Type: multipart/form-data; boundary=B\r\n\r\n")
      const exchange = HttpCapture.parse(new Uint8Array([...head, ...body, ...value]))!
      assert.deepStrictEqual(exchange.request!.form, [
        { name: "key", value: "up/clip.mov" },
        { name: "file", filename: "clip.mov", size: 6, type: "video/quicktime" },
        { name: "x", value: "é", bytes: 1 },
      ])
      assert.strictEqual(exchange.request!.size, body.length + value.length)
    })

    it("takes the size of a file or body from the number of bytes stated in a placeholder", () => {
      const exchange = post(
        "Content-Type: multipart/form-data; boundary=B",
        ...form("B", "--B", ...file, "[21136250 bytes]", "--B--", ""),
      )
      assert.deepStrictEqual(parts(exchange), ["key", "file: 21136250 bytes, clip.mov, video/quicktime"])
      assert.isAbove(exchange.request!.size!, 21_136_250)
      const put = HttpCapture.parse("PUT /a HTTP/1.1\nHost: h.test\n\n[5368709120 bytes of video]")
      assert.deepInclude(put!.request!, { size: 5_368_709_120 })
      assert.notProperty(put!.request, "body")
    })

    it("parses part names and filenames in the syntax of different clients", () => {
      const names = (disposition: string) =>
        post("Content-Type: multipart/form-data; boundary=B", "--B", disposition, "", "", "--B--").request!.form![0]
      assert.deepInclude(names('Content-Disposition: form-data; name="a\\"b"'), { name: 'a"b' })
      assert.deepInclude(names("Content-Disposition: form-data; name=f; filename*=UTF-8''na%C3%AFve.mov"), {
        filename: "naïve.mov",
      })
      assert.deepInclude(names('Content-Disposition: form-data; name="f"; filename="C:\\clips\\a.mov"'), {
        filename: "C:\\clips\\a.mov",
      })
    })
  })

  describe("bodies", () => {
    it("keeps text bodies, and records only the size of other bodies", () => {
      const head = encode("PUT /a HTTP/1.1\r\nHost: h.test\r\n\r\n")
      const video = HttpCapture.parse(new Uint8Array([...head, 0, 1, 2, 0xff]))!
      assert.strictEqual(video.request!.size, 4)
      assert.notProperty(video.request, "body")
      assert.strictEqual(captured("P23b-json").request!.size, 632)
      assert.include(captured("P23b-json").request!.body ?? "", '"key"')
    })

    it("removes the chunked framing of a response body if the framing is complete", () => {
      const head = "HTTP/1.1 400 B\r\nTransfer-Encoding: chunked\r\n\r\n"
      const body = (chunks: string) => HttpCapture.parse(head + chunks)?.response?.body
      assert.strictEqual(body("6;x=y\r\n<Error\r\n2\r\n/>\r\n0\r\n\r\n"), "<Error/>")
      assert.strictEqual(body("6\r\n<Err"), "6\r\n<Err")
      assert.strictEqual(body("<Error/>"), "<Error/>")
    })
  })

  it("rejects text that is not a capture", () => {
    const others = ["", "\n\n", "# at: 2026-11-21T17:23:58Z", '{"error":"slow_down"}', "<Error><Code>X</Code></Error>"]
    for (const text of [...others, "HF-S3-POST-011", "the server said HTTP/1.1 403", "> quoted\n> mail", "403"]) {
      assert.isUndefined(HttpCapture.parse(text), text)
    }
  })

  it.prop(
    "never throws",
    [Schema.String, octets],
    ([text, raw]) => {
      for (const start of [
        "",
        "# ===== REQUEST =====\n",
        "POST / HTTP/1.1\n",
        "HTTP/1.1 400 B\n",
        "> GET / HTTP/1.1\n",
      ]) {
        HttpCapture.parse(start + text)
        HttpCapture.parse(Uint8Array.from([...encode(start), ...raw]))
      }
    },
    { arbitrary: { runs: 300, seed: 3 } },
  )

  it.prop(
    "parses a written form back into its original parts",
    [Schema.Array(Schema.Tuple([Schema.String, Schema.String])), octets],
    ([fields, content]) => {
      const named = fields.map(([, value], index) => [`field-${index}`, wellFormed(value)] as const)
      const text = named.map(
        ([name, value]) => `--B0undary\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      )
      const body = [
        ...encode(`${text.join("")}--B0undary\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n`),
        ...content,
        ...encode("\r\n--B0undary--\r\n"),
      ]
      const head = encode(
        `POST / HTTP/1.1\r\nHost: h.test\r\nContent-Type: multipart/form-data; boundary=B0undary\r\nContent-Length: ${body.length}\r\n\r\n`,
      )
      const { request } = HttpCapture.parse(Uint8Array.from([...head, ...body]))!
      assert.deepStrictEqual(request!.form, [
        ...named.map(([name, value]) => ({ name, value })),
        { name: "file", filename: "a", size: content.length },
      ])
      assert.strictEqual(request!.size, body.length)
    },
    { arbitrary: { runs: 300, seed: 4 } },
  )

  it("reads long runs of any character without a stack overflow", () => {
    const much = 200_000
    for (const piece of [
      "-",
      "--B\r\n",
      "\n",
      "a=",
      '"',
      "HTTP/1.1 ",
      "* ",
      "> ",
      "%",
      ": ",
      "HTTP/1.1 100 C\r\n\r\n",
    ]) {
      const text = piece.repeat(much / piece.length)
      const head = "POST / HTTP/1.1\r\nHost: h.test\r\nContent-Type: multipart/form-data; boundary=B\r\n"
      for (const capture of [
        text,
        `${head}${text}`,
        `${head}\r\n${text}`,
        `${head}\r\n--B\r\nContent-Disposition: ${text}`,
      ]) {
        HttpCapture.parse(capture)
      }
    }
  })
})
