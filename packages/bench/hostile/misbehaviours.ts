/**
 * The misbehaviours of a hostile, broken or foreign server. Each writes directly to the socket, so that any response is
 * possible.
 */
import { gzipSync } from "node:zlib"
import {
  endless,
  endlessDrip,
  flood,
  html,
  json,
  page,
  raw,
  redirect,
  whole,
  xml,
  type Misbehaviour,
  type Seen,
} from "./responses.ts"
import { spellings } from "./spellings.ts"

/** Clients without a vendor: they expect a status, and some expect JSON or an empty body. */
const anyClient = ["fetch", "undici", "node", "web", "resilient POST"]

/** Calls whose response body is ignored: any 2xx is a success. RFC 7009 requires this for a revocation. */
const wordless = ["heartbeat", "revoke", "health"]
const overload = { retry: "always", outcome: "overload" } as const
const failure = { retry: "always", outcome: "failure" } as const
const ignored = { retry: "never", outcome: "ignored" } as const

/** Echoes a secret in one spelling, in one place of the response. */
const echoes = Object.entries(spellings).flatMap(([name, spell]): ReadonlyArray<Misbehaviour> => {
  const words = ({ secrets }: Seen) => secrets.map((secret) => spell(secret)).join(" ")
  return [
    {
      name: `echo in JSON: ${name}`,
      answer: (socket, seen) =>
        json(
          422,
          `{"code":422,"message":"Invalid Argument","error":"invalid_scope","error_description":"${words(seen)}","errors":[{"code":422,"detail":"token ${words(seen)}","title":"${words(seen)}"}]}`,
        )(socket, seen),
    },
    {
      name: `echo in XML: ${name}`,
      answer: (socket, seen) =>
        xml(
          403,
          `<Error><Code>AccessDenied</Code><Message>${words(seen)}</Message><StringToSign>${words(seen)}</StringToSign><RequestId>${words(seen)}</RequestId></Error>`,
        )(socket, seen),
    },
    {
      name: `echo in text and headers: ${name}`,
      answer: (socket, seen) => {
        const safe = words(seen).slice(0, 4000)
        whole(400, words(seen), {
          "x-request-id": safe,
          "x-amz-request-id": safe,
          "www-authenticate": `Bearer realm="${safe}"`,
          "x-amz-id-2": safe,
          server: safe,
          "set-cookie": safe,
        })(socket, seen)
      },
    },
  ]
})

/** 100 MiB in 100 KB; generated in the server, whose memory is not measured. */
let compressed: Buffer | undefined
const bomb = (): Buffer => (compressed ??= gzipSync(Buffer.alloc(100 * 1024 ** 2)))

/** All misbehaviours. */
export const misbehaviours: ReadonlyArray<Misbehaviour> = [
  // False successes
  { name: "200 without a word", answer: whole(200, ""), done: [...anyClient, ...wordless] },
  { name: "204", answer: whole(204, ""), done: [...anyClient, ...wordless] },
  { name: "200 page", answer: html(200), done: ["fetch"] },
  {
    name: "200 text of a firewall",
    answer: whole(200, "Access blocked by the firewall of this network."),
    done: ["fetch"],
  },
  { name: "200 JSON error", answer: json(200, { error: "quota exceeded, nothing was stored" }), done: anyClient },
  { name: "200 JSON ok false", answer: json(200, { ok: false, error: "ratelimited" }), done: anyClient },
  { name: "200 JSON null", answer: json(200, "null"), done: [...anyClient, "revoke", "health"] },
  { name: "200 JSON list", answer: json(200, "[]"), done: [...anyClient, ...wordless] },
  { name: "200 JSON without end", answer: json(200, '{"id":"a","access_token":"'), done: ["fetch", "revoke"] },
  { name: "201 page", answer: html(201), done: ["fetch"] },
  { name: "200 S3 error document", answer: xml(200, "<Error><Code>InternalError</Code></Error>"), done: ["fetch"] },
  // Statuses
  { name: "300", answer: whole(300, ""), done: anyClient },
  { name: "400 page", answer: html(400), ...ignored },
  {
    name: "401 with a long challenge",
    answer: whole(401, "", { "www-authenticate": `Bearer error="invalid_token", ${"x=y, ".repeat(1000)}` }),
    // An access token that has expired is no problem while it can be refreshed.
    done: ["holdfast doctor"],
  },
  { name: "403 text", answer: whole(403, "Forbidden"), ...ignored },
  { name: "404 text", answer: whole(404, "no"), ...ignored },
  // No verdict is expected: fetch turns it into a network error, other clients into a response.
  { name: "407", answer: whole(407, "", { "proxy-authenticate": "Negotiate" }) },
  { name: "408", answer: whole(408, ""), ...overload },
  { name: "418", answer: whole(418, ""), ...ignored },
  { name: "425", answer: whole(425, ""), ...overload },
  { name: "429 for ten years", answer: whole(429, "", { "retry-after": "315360000" }), ...overload },
  { name: "429 for less than nothing", answer: whole(429, "", { "retry-after": "-5" }), ...overload },
  { name: "429 for some time", answer: whole(429, "", { "retry-after": "soon, 1e9, Fri" }), ...overload },
  { name: "429 in the past", answer: whole(429, "", { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }), ...overload },
  { name: "500 text", answer: whole(500, "oops"), ...failure },
  { name: "502 page", answer: html(502), ...failure },
  { name: "503 for an hour", answer: whole(503, "", { "retry-after": "3600" }), retry: "always" },
  { name: "504", answer: whole(504, ""), ...failure },
  { name: "511", answer: html(511), retry: "always" },
  { name: "520", answer: html(520), ...failure },
  { name: "599", answer: whole(599, ""), ...failure },
  { name: "status 999", answer: raw("HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n") },
  {
    name: "a thousand early hints",
    answer: raw(
      `${"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(1000)}HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n`,
    ),
  },
  // Redirects
  ...[301, 302, 303, 307, 308].map((status): Misbehaviour => ({
    name: `${status} to another origin`,
    answer: redirect(status, ({ elsewhere, path }) => `${elsewhere}${path}`),
  })),
  { name: "307 without a place", answer: whole(307, ""), done: ["fetch", "undici", "node", "web"] },
  { name: "302 to itself", answer: redirect(302, ({ here }) => here) },
  { name: "302 to a file", answer: redirect(302, () => "file:///etc/passwd") },
  { name: "302 to javascript", answer: redirect(302, () => "javascript:alert(1)") },
  { name: "302 to a broken address", answer: redirect(302, () => "http://[") },
  // Headers
  {
    name: "headers of 200 KB",
    answer: raw(`HTTP/1.1 200 OK\r\nx: ${"a".repeat(200_000)}\r\ncontent-length: 0\r\n\r\n`),
  },
  {
    name: "ten thousand headers",
    answer: raw(`HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(10_000)}content-length: 0\r\n\r\n`),
    done: [...anyClient, ...wordless],
  },
  {
    name: "headers without end",
    answer: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n")
      flood(socket, Buffer.from("x: y\r\n".repeat(1000)), 0)
    },
  },
  { name: "two lengths", answer: raw("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 5\r\n\r\nabcde") },
  {
    name: "control characters in a header",
    answer: raw("HTTP/1.1 200 OK\r\nx: a\u0000b\u001b[2J\r\ncontent-length: 0\r\n\r\n"),
  },
  {
    name: "a status line of 100 KB",
    answer: raw(`HTTP/1.1 200 ${"a".repeat(100_000)}\r\ncontent-length: 0\r\n\r\n`),
    done: [...anyClient, ...wordless],
  },
  {
    name: "gzip that is none",
    answer: json(200, "{}", { "content-encoding": "gzip" }),
    done: ["fetch", "undici", "node", "resilient POST", ...wordless],
  },
  {
    name: "an unknown encoding",
    answer: json(200, "{}", { "content-encoding": "zstd-x" }),
    done: [...anyClient, ...wordless],
  },
  {
    name: "a gzip bomb",
    answer: (socket, seen) =>
      whole(200, bomb(), { "content-encoding": "gzip", "content-type": "application/json" })(socket, seen),
    done: ["fetch", "revoke"],
  },
  {
    name: "a gzip bomb as an error",
    answer: (socket, seen) => whole(500, bomb(), { "content-encoding": "gzip" })(socket, seen),
    ...failure,
  },
  // Bodies
  {
    name: "200 without end",
    answer: endless(200, { "content-type": "application/json" }, Buffer.alloc(65_536, 0x20)),
    done: ["fetch", "revoke", "health"],
  },
  {
    name: "500 without end",
    answer: endless(500, { "content-type": "application/json" }, Buffer.alloc(65_536, 0x20)),
    ...failure,
  },
  {
    name: "503 page without end",
    answer: endless(503, { "content-type": "text/html" }, Buffer.from(`${page}\n`.repeat(500))),
    retry: "always",
  },
  {
    name: "less than promised",
    answer: raw("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"),
    done: ["fetch"],
  },
  {
    name: "more than promised",
    answer: raw("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}{}{}"),
    done: [...anyClient, ...wordless],
  },
  {
    name: "a chunk of broken size",
    answer: raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n"),
    done: ["fetch"],
  },
  {
    name: "a chunk extension of 100 KB",
    answer: raw(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;${"a".repeat(100_000)}\r\n{}\r\n0\r\n\r\n`),
    done: [...anyClient, ...wordless],
  },
  { name: "deep JSON", answer: json(422, `${"[".repeat(30_000)}`) },
  {
    name: "a billion laughs",
    answer: xml(
      403,
      `<!DOCTYPE l [<!ENTITY a "ha">${Array.from({ length: 20 }, (_, n) => `<!ENTITY a${n} "${`&a${n - 1 < 0 ? "" : n - 1};`.repeat(10)}">`).join("")}]><Error><Code>&a19;</Code></Error>`,
    ),
  },
  { name: "XML of comments", answer: xml(403, `${"<!--".repeat(16_000)}<Error><Code>AccessDenied</Code></Error>`) },
  { name: "XML of instructions", answer: xml(403, `${"<?".repeat(32_000)}<Error><Code>AccessDenied</Code></Error>`) },
  {
    name: "a code of control characters",
    answer: xml(
      403,
      "<Error><Code>A\u001b[2J\u202eB\u0000</Code><Message>\u009b31m &#27;[2J &#x202e;</Message></Error>",
    ),
  },
  {
    name: "JSON of control characters",
    answer: json(422, {
      code: 422,
      message: "\u001b[2J\u202e\u2066\u200b\u0000",
      error: "\u001b]0;x\u0007",
      errors: [{ detail: "\u009b31m" }],
    }),
  },
  {
    name: "JSON with __proto__",
    answer: json(
      422,
      '{"__proto__":{"error":"x"},"constructor":{"prototype":1},"error":{"toString":1},"errors":{"0":1}}',
    ),
  },
  {
    name: "JSON of odd types",
    answer: json(400, '{"error":["a"],"error_description":1e999,"message":{"a":1},"errors":"x","code":"y"}'),
  },
  {
    name: "UTF-16",
    answer: whole(400, Buffer.from('{"error":"slow_down"}', "utf16le"), {
      "content-type": "application/json; charset=utf-16",
    }),
  },
  {
    name: "bytes that are no text",
    answer: whole(400, Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]), { "content-type": "application/json" }),
    ...ignored,
  },
  // Time
  { name: "nothing", answer: () => {} },
  { name: "a head, a byte at a time", answer: (socket) => endlessDrip(socket, "HTTP/1.1 200 OK\r\nx: ") },
  {
    name: "a body, a byte at a time",
    answer: endless(200, { "content-type": "application/json" }, Buffer.from(" "), 100),
    done: ["fetch"],
  },
  {
    name: "a refusal in the middle of the body",
    early: true,
    answer: (socket, seen) => {
      whole(501, "", { server: "AmazonS3" })(socket, seen)
      setTimeout(() => socket.resetAndDestroy(), 5)
    },
  },
  { name: "100 Continue and nothing", answer: raw("HTTP/1.1 100 Continue\r\n\r\n", "stay") },
  // Sockets
  { name: "a closed connection", early: true, answer: (socket) => void socket.end() },
  { name: "a reset connection", early: true, answer: (socket) => void socket.resetAndDestroy() },
  {
    name: "a reset after the head",
    answer: raw("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n", "reset"),
    done: ["fetch"],
  },
  { name: "noise", answer: raw(Buffer.from(Array.from({ length: 2000 }, (_, n) => (n * 7) % 256))) },
  { name: "HTTP/0.9", answer: raw("hello\n") },
  { name: "the preface of HTTP/2", answer: raw(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])) },
  { name: "a TLS alert", answer: raw(Buffer.from([0x15, 3, 1, 0, 2, 2, 40])) },
  {
    name: "two answers",
    answer: raw("HTTP/1.1 500 A\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
  },
  ...echoes,
]
