/**
 * After a connection broke while the body was being sent, checks whether the server had rejected the request.
 *
 * **Details**
 *
 * A server may respond with 403 while the client is still sending the body, and then close the connection. The client then
 * receives a reset, and the response is lost. (With S3 and Node this is a race condition, so it appears random.) The probe
 * sends the same method, URL and headers with `Expect: 100-continue`, but never sends a body. A server that rejects the
 * request because of its headers responds immediately. Any other server responds with `100 Continue`, which ends the probe.
 * The probe uses `node:http` because neither undici nor `fetch` can send `Expect`. Without `node:http`, for example in a
 * browser, the probe returns nothing.
 *
 * **Gotchas**
 *
 * The `content-length` is that of the original body, but the probe sends none of the body, so nothing can be stored. (A PUT
 * of length zero would overwrite the object.) The probe finds nothing if the server must read a form before it can reject it.
 * The probe opens its own connection and does not use a proxy.
 */
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Secret from "@holdfast/core/Secret"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Http from "node:http"
import * as StorageMarks from "./StorageMarks.ts"

/** The request during which the connection broke. */
export interface Probed {
  /** Default: `PUT`. */
  readonly method?: "PUT" | "POST" | undefined
  readonly url: Redacted.Redacted<string>
  readonly headers: Readonly<Record<string, string>>
  /** The length of the body in bytes; the body itself is not sent. */
  readonly length: number
}

/** The maximum number of response bytes to read: 64 KiB, as in all other modules. */
const limit = 64 * 1024

const flatten = (headers: Http.IncomingHttpHeaders): Record<string, string> => {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value
  }
  return flat
}

/**
 * Whether the response to the probe also applies to the request that was interrupted.
 *
 * **Details**
 *
 * The probe itself causes statuses 408 and 417, because it sends the `Expect` header but no body. A redirect or a 511 that
 * does not identify a storage service comes from a captive portal, which the next attempt will report.
 */
const isRefusal = ({ headers, status }: HttpAnswer): boolean => {
  if (status < 300 || status === 408 || status === 417) return false
  return (status >= 400 && status !== 511) || StorageMarks.isStorage(headers)
}

/** The module is looked up by name instead of imported, so that a browser bundler does not try to resolve it. */
const client = (protocol: string): Pick<typeof Http, "request"> | undefined =>
  globalThis.process?.getBuiltinModule?.(protocol === "https:" ? "node:https" : "node:http")

/** The request without its body; `undefined` if it cannot be built. */
const begin = ({ headers, length, method = "PUT", url }: Probed): Http.ClientRequest | undefined => {
  try {
    const target = new URL(Secret.value(url))
    return client(target.protocol)?.request(target, {
      method,
      agent: false,
      headers: { ...headers, "content-length": length, expect: "100-continue", connection: "close" },
    })
  } catch {
    return undefined
  }
}

const exchange = (probed: Probed): Effect.Effect<HttpAnswer | undefined> =>
  Effect.callback<HttpAnswer | undefined>((resume) => {
    const request = begin(probed)
    if (request === undefined) return resume(Effect.undefined)
    let answered = false
    const nothing = () => {
      if (!answered) resume(Effect.undefined)
    }
    request.on("error", nothing)
    request.on("close", nothing)
    request.on("continue", () => {
      request.destroy()
      nothing()
    })
    request.on("response", (response) => {
      answered = true
      const status = response.statusCode ?? 0
      let read = 0
      const pieces: Array<Buffer> = []
      const finish = () => {
        const body = Buffer.concat(pieces).subarray(0, limit).toString("utf8")
        const answer: HttpAnswer = { status, headers: flatten(response.headers), body }
        resume(isRefusal(answer) ? Effect.succeed(answer) : Effect.undefined)
        request.destroy()
      }
      response.on("data", (piece: Buffer) => {
        pieces.push(piece)
        read += piece.byteLength
        if (read >= limit) finish()
      })
      // The status alone is decisive, even if the body is truncated.
      response.on("close", finish)
      response.on("error", finish)
    })
    request.flushHeaders()
    return Effect.sync(() => {
      request.destroy()
    })
  })

/**
 * The response with which the server rejects this request because of its headers; `undefined` if there is no such response.
 *
 * **Details**
 *
 * Never fails: returns `undefined` if the server cannot be reached, accepts the request, or does not respond within 15 s.
 * Statuses below 300, statuses 408 and 417, and redirects from a captive portal are ignored.
 */
export const ask = (probed: Probed): Effect.Effect<HttpAnswer | undefined> =>
  exchange(probed).pipe(Effect.timeoutOrElse({ duration: Timeouts.probe, orElse: () => Effect.undefined }))

/** Whether an error can hide a rejection because the connection broke while the body was being sent. */
export const mayHide = (error: { readonly _tag: string; readonly reached?: string }): boolean =>
  error._tag === "ConnectionReset" && error.reached === "maybe"

/** The probe that is used for chunks and forms. Tests replace it. */
export const RefusalProbe = Context.Reference<{ readonly ask: typeof ask }>("@holdfast/s3/RefusalProbe", {
  defaultValue: () => ({ ask }),
})
