/**
 * Readers of responses from APIs and sign-in servers: JSON and encoded forms.
 */
import * as C2cConfig from "@holdfast/c2c/C2cConfig"
import { C2cError } from "@holdfast/c2c/C2cError"
import * as C2cDiagnosis from "@holdfast/c2c/Diagnosis"
import * as UploadUrls from "@holdfast/c2c/UploadUrls"
import * as Wire from "@holdfast/c2c/Wire"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Explain from "@holdfast/explain/Explain"
import * as OAuthDiagnosis from "@holdfast/oauth/Diagnosis"
import * as OAuthError from "@holdfast/oauth/OAuthError"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as MediaType from "../../../c2c/src/internal/upload/mediaType.ts"
import * as AnswerFields from "../../../oauth/src/internal/wire/answerFields.ts"
import * as OAuthWire from "../../../oauth/src/internal/wire/success.ts"
import * as G from "../grammar.ts"
import type { Reader } from "../Reader.ts"

const refusal = G.members({
  error: G.one(G.string(G.known), G.json(1)),
  error_description: G.string(G.sentence),
  code: G.one("401", "500", '"a"'),
  message: G.one(G.string(G.known), G.json(1)),
  errors: G.seq(
    "[",
    G.some(G.members({ code: "1", detail: G.string(G.sentence), title: G.string(G.known), status: "401" }), 2, ","),
    "]",
  ),
  interval: G.one(G.digits, '"5"', "-1", "0.0001", "1e400"),
})
const span = G.one(G.digits, '"3600s"', "-1", "null", G.string(G.date), "[]", "1e999", "false")
const tokens = G.members({
  access_token: G.one(G.string(G.word), G.json(1)),
  refresh_token: G.one(G.string(G.word), "null"),
  expires_in: span,
  scope: G.one(G.string(G.value), G.json(1)),
  token_type: G.one('"bearer"', '" Bearer"', '""', '"mac"'),
})
const codes = G.members({
  device_code: G.string(G.word),
  user_code: G.string(G.value),
  verification_uri: G.string(G.known),
  verification_uri_complete: G.string(G.value),
  expires_in: span,
  interval: span,
  name: G.string(G.value),
})
const encoded = G.some(
  G.seq(G.one("access_token", "refresh_token", "expires_in", "error", G.word), "=", G.value),
  6,
  "&",
)
const answer = G.one(refusal, tokens, codes, encoded, G.json(3, G.names), G.seq("<html>", G.value))
const frames = [
  ['{"error":"', '"}'],
  ['{"message":"', '"}'],
  ['{"error":', "}"],
  ['{"access_token":"', '"}'],
  ['{"access_token":"a","expires_in":"', '"}'],
  ["access_token=", ""],
  ["\ufeff{", ""],
] as const
const bare = { status: 400, headers: {} } as const

const explained = (request: string, body: string) =>
  Explain.explain({
    request: {
      method: "POST",
      url: "https://api.frame.io/v2/devices/assets",
      headers: { authorization: "Bearer abcdefghijkl", "content-type": "application/json" },
      body: request,
    },
    response: { status: 422, headers: { "x-request-id": body.slice(0, 1000) }, body },
  })

/** Decodes JSON with one of the API's schemas. */
const decoded = (schema: Schema.Codec<unknown, unknown>) => {
  const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.toCodecJson(schema)))
  return (text: string) => Effect.runSyncExit(decode(text))
}

/** The readers. */
export const readers: ReadonlyArray<Reader> = [
  {
    name: "c2c/C2cError.fromResponse",
    read: (body) =>
      C2cError.fromResponse({ status: 400, headers: { "x-request-id": body, "retry-after": body }, body }),
    grammar: answer,
    frames,
  },
  { name: "explain/Explain.explain, an answer", read: (body) => explained("{}", body), grammar: answer, frames },
  {
    name: "explain/Explain.explain, a request",
    read: (body) => explained(body, '{"code":422,"message":"Invalid Argument"}'),
    grammar: answer,
    frames: [...frames, ['{"name":"', '","filesize":1}'], ['{"parts":[', "]}"]],
  },
  {
    name: "explain/Explain.redact",
    read: (body) =>
      Explain.redact({
        request: { url: body, headers: { authorization: body, cookie: body }, body },
        response: { status: 400, headers: { location: body }, body },
        failure: body,
      }),
    grammar: answer,
    frames,
    slow: "six places at once",
  },
  {
    name: "explain/Explain.repair",
    read: (body) =>
      Explain.repair({
        request: {
          method: "POST",
          url: `https://b.s3.amazonaws.com/k?${body.slice(0, 2000)}`,
          headers: { "content-type": "application/json", "content-md5": body.slice(0, 2000) },
          body,
        },
        response: { status: 400, body },
      }),
    grammar: answer,
    frames,
    slow: "the exchange is explained, corrected, and both requests are redacted",
  },
  {
    name: "c2c/Diagnosis.repair",
    read: (body) =>
      C2cDiagnosis.repair({
        request: { method: "POST", url: "https://api.frame.io/v2/devices/assets", body },
        response: { status: 400, body },
      }),
    grammar: answer,
    frames,
    slow: "the exchange is explained, corrected, and both requests are redacted",
  },
  {
    name: "oauth/Diagnosis.repair",
    read: (body) =>
      OAuthDiagnosis.repair({
        request: { method: "POST", url: "https://a.example/token", body },
        response: { status: 400, body },
      }),
    grammar: answer,
    frames,
    slow: "the exchange is explained, corrected, and both requests are redacted",
  },
  {
    name: "c2c/Diagnosis.explain",
    read: (body) => C2cDiagnosis.explain({ response: { status: 500, body } }),
    grammar: answer,
    frames,
  },
  { name: "c2c/Diagnosis.ofCode", read: C2cDiagnosis.ofCode, grammar: G.known },
  { name: "explain/Explain.about", read: Explain.about, grammar: G.known },
  { name: "explain/Explain.explainCode", read: Explain.explainCode, grammar: G.known },
  {
    name: "c2c/internal/mediaType.ofName",
    read: MediaType.ofName,
    grammar: G.seq(G.word, ".", G.one("mov", "MXF", G.word)),
  },
  {
    name: "c2c/UploadUrls.check",
    read: (url) => UploadUrls.check("https://api.frame.io", [Redacted.make(url)]),
    grammar: G.one(G.known, G.seq("https://", G.value), G.value),
    frames: [
      ["https://", "/"],
      ["https://a/", ""],
    ],
  },
  {
    name: "c2c/C2cConfig.isSemver",
    read: C2cConfig.isSemver,
    grammar: G.seq(G.digits, ".", G.digits, ".", G.digits, G.maybe(G.seq("-", G.word)), G.maybe(G.seq("+", G.word))),
    frames: [
      ["1.2.3-", ""],
      ["1.2.3+", ""],
      ["1.2.", ""],
    ],
  },
  {
    name: "c2c/Wire.CreatedAsset",
    read: decoded(Wire.CreatedAsset),
    grammar: G.members({ id: G.json(1), name: G.string(G.value), upload_urls: G.json(2) }),
    frames: [['{"upload_urls":[', "]}"]],
  },
  { name: "c2c/Wire.Device", read: decoded(Wire.Device), grammar: G.json(3, G.names) },
  {
    name: "oauth/OAuthError.OAuthError.fromResponse",
    read: (body) => OAuthError.OAuthError.fromResponse({ ...bare, body }),
    grammar: answer,
    frames,
  },
  {
    name: "oauth/OAuthError.decode",
    read: (body) => OAuthError.decode({ ...bare, body }, Redaction.redactor(["abcdefghijkl"])),
    grammar: answer,
    frames,
  },
  { name: "oauth/OAuthError.isErrorBody", read: OAuthError.isErrorBody, grammar: answer, frames },
  {
    name: "oauth/Diagnosis.explain",
    read: (body) =>
      OAuthDiagnosis.explain({
        request: {
          method: "POST",
          url: "https://a.example/token",
          headers: { authorization: `Bearer ${body.slice(0, 2000)}` },
          body,
        },
        response: { status: 400, headers: { "www-authenticate": body }, body },
      }),
    grammar: answer,
    frames,
  },
  { name: "oauth/Diagnosis.ofCode", read: OAuthDiagnosis.ofCode, grammar: G.known },
  ...(
    [
      ["tokens", OAuthWire.tokenSet(undefined)],
      ["a device code", OAuthWire.deviceCode],
    ] as const
  ).map(([what, reader]): Reader => ({
    name: `oauth/internal/wire, ${what}`,
    read: (body) => {
      for (const complete of [true, false]) {
        const fields = AnswerFields.read(body, complete)
        if (fields !== undefined) reader(fields, 0)
      }
    },
    grammar: answer,
    frames,
  })),
]
