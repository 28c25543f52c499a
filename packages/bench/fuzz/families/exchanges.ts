/**
 * Readers of exchanges that people save, record and paste: files, captures, HAR, curl.
 */
import * as Diagnosis from "@holdfast/http/Diagnosis"
import * as ExchangeFile from "@holdfast/diagnosis/ExchangeFile"
import * as HarFile from "@holdfast/diagnosis/HarFile"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as RetryHint from "@holdfast/http/RetryHint"
import * as TransportCause from "@holdfast/http/TransportCause"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as ExplainInput from "@holdfast/explain/Input"
import * as Pasted from "../../../explain/page/input/pasted.ts"
import * as G from "../grammar.ts"
import type { Reader } from "../Reader.ts"

const headers = G.one(
  G.json(1, G.names),
  G.seq("[[", G.string(G.names), ",", G.string(G.value), "]]"),
  G.seq('[{"name":', G.string(G.names), ',"value":', G.string(G.value), "}]"),
)
const request = G.members({
  method: G.string(G.one("GET", "PUT", "POST")),
  url: G.string(G.known),
  headers,
  body: G.json(2, G.names),
  form: G.seq(
    "[",
    G.some(
      G.members({ name: G.string(G.names), value: G.string(G.value), filename: G.string(G.word), size: G.digits }),
      4,
      ",",
    ),
    "]",
  ),
  size: G.digits,
})
const response = G.members({ status: G.one("403", "200", "0", '"400"', "1e9"), headers, body: G.json(3, G.names) })
const file = G.members({
  format: '"holdfast-exchange/1"',
  at: G.one(G.string(G.date), G.digits),
  attempt: "1",
  failure: G.string(G.known),
  request,
  response,
})
const har = G.seq(
  '{"log":{"version":"1.2","entries":[',
  G.some(
    G.members({
      startedDateTime: G.string(G.date),
      request: G.members({
        method: '"PUT"',
        url: G.string(G.known),
        headers,
        postData: G.members({ mimeType: G.string(G.known), text: G.string(G.value), params: G.json(2, G.names) }),
      }),
      response: G.members({
        status: G.one("403", "0"),
        headers,
        content: G.members({ text: G.string(G.value), encoding: '"base64"', mimeType: '"text/xml"' }),
      }),
    }),
    3,
    ",",
  ),
  "]}}",
)
const multipart = G.seq(
  G.some(
    G.seq(
      "--b\r\nContent-Disposition: form-data; name=",
      G.string(G.names),
      G.maybe(G.seq("; filename=", G.string(G.word))),
      "\r\n",
      G.maybe("Content-Type: text/plain\r\n"),
      "\r\n",
      G.value,
      "\r\n",
    ),
    5,
  ),
  "--b--\r\n",
)
const answered = G.seq(
  "HTTP/1.1 ",
  G.one("403 Forbidden", "100 Continue\n\nHTTP/1.1 200 OK", G.digits),
  "\n",
  G.some(G.seq(G.names, ": ", G.value, "\n"), 4),
  "\n",
  G.one(G.json(2), "<Error><Code>AccessDenied</Code></Error>", G.value),
)
const capture = G.seq(
  G.head,
  G.one("\n", "Content-Type: multipart/form-data; boundary=b\n\n"),
  G.one(multipart, G.value),
  G.one("\n\n", "\n###\n"),
  answered,
)
const verbose = G.seq(
  G.some(
    G.one(
      G.seq("* ", G.sentence, "\n"),
      G.seq("> ", G.names, ": ", G.value, "\n"),
      G.seq("< ", G.names, ": ", G.value, "\n"),
      "> POST / HTTP/1.1\n",
      "< HTTP/1.1 403 Forbidden\n",
      "> \n",
      "< \n",
      "{ [5 bytes data]\n",
    ),
    12,
  ),
  G.value,
)
const command = G.seq(
  "curl ",
  G.some(
    G.one(
      "-X POST",
      G.seq("-H '", G.names, ": ", G.value, "'"),
      G.seq("-F ", G.names, "=", G.value),
      G.seq("--data-raw ", G.string(G.value)),
      "'https://a.example/b'",
      "\\\n",
    ),
    8,
    " ",
  ),
)
const lines = G.some(G.seq(G.names, G.one("=", ": ", " = "), G.value, "\n"), 8)
const anything = G.one(file, har, capture, verbose, command, lines, answered, multipart, G.json(3, G.names))

const frames = [
  ["POST / HTTP/1.1\nHost: a.example\n", "\n\nx"],
  [
    'POST / HTTP/1.1\nContent-Type: multipart/form-data; boundary=b\n\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
    "\r\n--b--",
  ],
  ["POST / HTTP/1.1\nContent-Type: multipart/form-data; boundary=", "\n\n--b"],
  ["GET / HTTP/1.1\n\n\nHTTP/1.1 403 Forbidden\nserver: ", "\n\nx"],
  ["HTTP/1.1 403 Forbidden\n\n", ""],
  ["> GET / HTTP/1.1\n> ", "\n< HTTP/1.1 403 Forbidden\n< \n"],
  ["> GET / HTTP/1.1\n> \n< HTTP/1.1 403 Forbidden\n", ""],
  ["--b\r\n", "\r\n--b--"],
  ["<html><title>", "</title>"],
  ['{"response":{"status":403,"body":"', '"}}'],
  ['{"request":{"url":"', '"},"response":{"status":403}}'],
  ['{"response":{"status":403,"body":', "}}"],
  ['{"log":{"entries":[{"request":{"url":"', '"}}]}}'],
] as const

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const failed = (failure: string) =>
  Diagnosis.explain({ request: { method: "PUT", url: "https://a.example/b" }, failure })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The readers. */
export const readers: ReadonlyArray<Reader> = [
  {
    name: "diagnosis/ExchangeFile.encode",
    read: (body) => ExchangeFile.encode({ response: { status: 400, body } }, (exchange) => exchange),
    grammar: G.sentence,
  },
  {
    name: "http/TransportCause.make",
    read: (detail) =>
      TransportCause.make(
        "TruncatedBody",
        HttpClientRequest.post("https://a.example/b").pipe(HttpClientRequest.bearerToken("c4n4ry/Tok3n+S3cr3t")),
        { detail },
      ),
    grammar: G.sentence,
  },
  {
    name: "http/TransportCause.fromCause",
    read: (text) =>
      TransportCause.fromCause(HttpClientRequest.get(text), Object.assign(new Error(text), { code: text })),
    grammar: G.one(G.known, G.sentence),
    frames: [["https://a/", ""]],
  },
  {
    name: "diagnosis/ExchangeFile.decode",
    read: ExchangeFile.decode,
    grammar: G.one(file, file, G.json(3, G.names)),
    frames,
  },
  { name: "diagnosis/HttpCapture.parse", read: HttpCapture.parse, grammar: anything, frames },
  {
    name: "diagnosis/HttpCapture.parse, of bytes",
    read: (text) => HttpCapture.parse(bytes(text)),
    grammar: anything,
    frames,
  },
  {
    name: "diagnosis/HarFile.isRecording",
    read: (text) => HarFile.isRecording(parsed(text)),
    grammar: har,
  },
  {
    name: "diagnosis/HarFile.read",
    read: (text) => HarFile.read(parsed(text)),
    grammar: har,
    frames: [
      ['{"log":{"entries":[{"request":{"url":"', '"}}]}}'],
      ['{"log":{"entries":[{"request":{"postData":{"text":"', '"}}}]}}'],
      ['{"log":{"entries":[{"request":{},"response":{"status":403,"content":{"encoding":"base64","text":"', '"}}}]}}'],
      ['{"log":{"entries":[', "]}}"],
    ],
  },
  { name: "http/Diagnosis.explain, a failure", read: failed, grammar: G.one(G.sentence, G.known) },
  {
    name: "http/Diagnosis.explain, an answer",
    read: (body) =>
      Diagnosis.explain({
        response: { status: 502, headers: { "content-type": "text/html", server: body.slice(0, 1000) }, body },
      }),
    grammar: G.one(G.json(2, G.names), G.seq("<html><title>", G.value, "</title><body>", G.value), G.sentence),
    frames: [
      ["<html>", ""],
      ["<html><title>", "</title>"],
      ["<script>", ""],
      ['{"message":"', '"}'],
    ],
  },
  {
    name: "http/Diagnosis.isPortalAnswer",
    read: (body) => Diagnosis.isPortalAnswer({ response: { status: 200, headers: { location: body }, body } }),
    grammar: G.one(G.value, "<html>"),
  },
  {
    name: "http/Diagnosis.isOfKnownApi",
    read: (body) => Diagnosis.isOfKnownApi({ response: { status: 403, headers: { server: body }, body } }),
    grammar: G.one(G.value, "<html>"),
  },
  {
    name: "http/Diagnosis.repair",
    read: (text) =>
      Diagnosis.repair({
        request: { method: "POST", url: `http://a.example/${text}`, headers: { expect: text }, body: text },
        response: { status: 417, headers: { server: text }, body: text },
      }),
    grammar: G.one(G.value, "<html>"),
  },
  {
    name: "http/RetryHint.fromAnswer",
    read: (body) => RetryHint.fromAnswer({ status: 429, headers: { "retry-after": body }, receivedAt: 0, body }),
    grammar: G.one(G.value, G.sentence),
    frames: [
      ['{"retry_after":', "}"],
      ['{"message":"', '"}'],
    ],
  },
  {
    name: "http/Diagnosis.verdictWithoutAnswer",
    read: (failure) => Diagnosis.verdictWithoutAnswer({ failure }),
    grammar: G.sentence,
  },
  { name: "http/Diagnosis.reached", read: (failure) => Diagnosis.reached({ failure }), grammar: G.sentence },
  { name: "http/Diagnosis.ofCode", read: Diagnosis.ofCode, grammar: G.known },
  {
    name: "explain/Input.recognize",
    read: (text) => ExplainInput.recognize(bytes(text)),
    grammar: anything,
    frames,
  },
  {
    name: "explain/page/input/pasted.read",
    read: Pasted.read,
    grammar: anything,
    frames: [...frames, ["curl ", ""], ["a=", ""], ['{"fields":{"a":', "}}"]],
  },
]
