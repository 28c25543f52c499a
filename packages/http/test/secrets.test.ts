/**
 * A credential that was sent occurs in no error, however a server spells it.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClientRequest } from "effect/http"
import { inspect } from "node:util"
import { ResilientClient, TransportCause } from "@holdfast/http"
import { answer, decode, nodeError, scripted } from "./support/clients.ts"

const secret = "c4n4ry/Tok3n+S3cr3t~x=="
const octets = Array.from(new TextEncoder().encode(secret))
const hex = (octet: number) => octet.toString(16).padStart(2, "0")
const spellings = [
  secret,
  secret.replaceAll("/", "\\/"),
  octets.map((octet) => `\\u00${hex(octet)}`).join(""),
  encodeURIComponent(secret),
  encodeURIComponent(encodeURIComponent(secret)).toLowerCase(),
  octets.map(hex).join(""),
  btoa(secret),
  btoa(`device:${secret}`),
  octets.map((octet) => `&#x${hex(octet)};`).join(""),
  octets.map((octet) => `&#${octet};`).join(""),
]

const post = HttpClientRequest.post("https://api.test/v2/assets")
const requests: ReadonlyArray<readonly [where: string, request: HttpClientRequest.HttpClientRequest]> = [
  ["a bearer token", HttpClientRequest.bearerToken(post, secret)],
  ["basic authentication", HttpClientRequest.basicAuth(post, "device", secret)],
  ["an API key", HttpClientRequest.setHeader(post, "x-api-key", secret)],
  ["a URL parameter", HttpClientRequest.setUrlParam(post, "access_token", secret)],
  ["a form field", HttpClientRequest.bodyUrlParams(post, { client_secret: secret })],
  ["a multipart field", HttpClientRequest.bodyFormDataRecord(post, { client_secret: secret })],
  ["a JSON member", HttpClientRequest.bodyJsonUnsafe(post, { deep: [{ refresh_token: secret }] })],
]

const views = (error: object): string =>
  [String(error), inspect(error, { depth: 9 }), JSON.stringify(error)].join("\n").toLowerCase()

describe("an error after a request with a credential", () => {
  for (const [where, request] of requests) {
    it.effect(`redacts a credential that was sent as ${where} and is repeated in the body, an ID or the reason`, () =>
      Effect.gen(function* () {
        for (const spelled of spellings) {
          const { client } = scripted(
            answer(`{"error":"no: ${spelled}","x":"${spelled}"}`, {
              status: 422,
              headers: { "x-request-id": spelled },
            }),
          )
          const refused = yield* Effect.flip(ResilientClient.make(client, { decode }).execute(request))
          const broken = TransportCause.make("TruncatedBody", request, { detail: `could not send ${spelled}` })
          for (const error of [refused, broken]) {
            const text = views(error)
            for (let at = 0; at + 10 <= spelled.length; at++) {
              assert.notInclude(text, spelled.slice(at, at + 10).toLowerCase())
            }
          }
        }
      }),
    )
  }

  it("redacts a credential that was sent as a header and is repeated in the path of the URL", () => {
    const request = HttpClientRequest.get(`https://api.test/hooks/${encodeURIComponent(secret)}/x`).pipe(
      HttpClientRequest.bearerToken(secret),
    )
    const error = TransportCause.fromCause(request, nodeError("ECONNRESET"))
    assert.strictEqual(error.url, "https://api.test/hooks/(redacted)/x")
  })
})
