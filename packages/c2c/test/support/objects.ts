/**
 * An in-memory S3 with objects to upload, which honours `Range` and `If-Match`, and lists them.
 */
import * as S3Source from "@holdfast/c2c/S3Source"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import type { HttpClientRequest } from "effect/http"
import { md5 } from "./uploads.ts"

export const credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: Redacted.make("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
}

/** What a request gets instead of the object. */
export type Fault = "refused" | { readonly status: number; readonly code: string } | undefined

const refusal = (status: number, code: string, hasBody: boolean) =>
  new Response(hasBody ? `<Error><Code>${code}</Code><Message>no</Message></Error>` : null, {
    status,
    headers: { "x-amz-request-id": "R" },
  })

/** Objects by their paths. `fault` is called for each request with its number, from 1. */
export const objects = (
  fault: (nth: number, request: HttpClientRequest.HttpClientRequest) => Fault = () => undefined,
) => {
  const stored = new Map<string, Buffer>()
  const requests: Array<string> = []
  const client = HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const { headers, method } = request
      const nth = requests.push(`${method} ${headers["range"] ?? ""}`.trim())
      yield* Effect.yieldNow
      const injected = fault(nth, request)
      if (injected === "refused") {
        const cause = Object.assign(new Error("ECONNREFUSED"), { code: "ECONNREFUSED" })
        return yield* new HttpClientError.HttpClientError({
          reason: new HttpClientError.TransportError({ request, cause }),
        })
      }
      const reply = (response: Response) => HttpClientResponse.fromWeb(request, response)
      const hasBody = method === "GET"
      if (injected !== undefined) return reply(refusal(injected.status, injected.code, hasBody))
      const prefix = url.searchParams.get("prefix")
      if (prefix !== null) {
        const folder = `s3:/${url.pathname}${prefix}`
        const below = [...stored].filter(([path]) => path.startsWith(folder))
        const contents = below.map(
          ([path, { byteLength }]) =>
            `<Contents><Key>${path.slice(`s3:/${url.pathname}`.length)}</Key><Size>${byteLength}</Size></Contents>`,
        )
        const text = `<IsTruncated>false</IsTruncated>${contents.join("")}`
        return reply(new Response(`<ListBucketResult>${text}</ListBucketResult>`))
      }
      const bytes = stored.get(`s3:/${decodeURIComponent(url.pathname)}`)
      if (bytes === undefined) return reply(refusal(404, "NoSuchKey", hasBody))
      const etag = `"${md5(bytes)}"`
      if (headers["if-match"] !== undefined && headers["if-match"] !== etag) {
        return reply(refusal(412, "PreconditionFailed", hasBody))
      }
      const common = { etag, "last-modified": "Mon, 30 Nov 2026 20:00:00 GMT", "x-amz-request-id": "R" }
      if (!hasBody)
        return reply(new Response(null, { headers: { ...common, "content-length": `${bytes.byteLength}` } }))
      const [, from = "0", to = "0"] = /^bytes=(\d+)-(\d+)$/.exec(headers["range"] ?? "") ?? []
      const part = new Uint8Array(bytes.subarray(Number(from), Number(to) + 1))
      const range = `bytes ${from}-${to}/${bytes.byteLength}`
      return reply(new Response(part, { status: 206, headers: { ...common, "content-range": range } }))
    }),
  )
  const source = S3Source.layer({ region: "us-east-1", credentials, endpoint: "http://s3.test" }).pipe(
    Layer.provide(Layer.succeed(HttpClient.HttpClient, client)),
  )
  return { stored, requests, source }
}
