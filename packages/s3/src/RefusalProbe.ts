/**
 * Asks a server whether it had rejected a request, after the connection broke during the body.
 *
 * **Details**
 *
 * A server may respond with 403 while the body is still being sent, and close the connection. The client then sees a
 * reset, and the response is lost (with S3 and Node this is a race, so it looks random). The probe sends the same
 * method, URL and headers with `Expect: 100-continue` and never a body. A server that rejects the headers responds
 * immediately; any other server responds with `100 Continue`, and the probe ends. It uses `node:http` because neither
 * undici nor `fetch` can send `Expect`. Without `node:http`, as in a browser, the probe returns nothing.
 *
 * **Gotchas**
 *
 * The `content-length` is that of the body, but no byte of the body is sent, so nothing can be stored. (A PUT of length
 * zero would overwrite the object.) The probe finds nothing if the server has to read a form to reject it. It opens its
 * own connection and does not use a proxy.
 */
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Secret from "@holdfast/core/Secret"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Http from "node:http"
import * as StorageMarks from "./StorageMarks.ts"

/** The request whose connection broke. */
export interface Probed {
  /** Default: `PUT`. */
  readonly method?: "PUT" | "POST" | undefined
  readonly url: Redacted.Redacted<string>
  readonly headers: Readonly<Record<string, string>>
  /** The length of the body that is not sent, in bytes. */
  readonly length: number
}

/** The maximum size of a response that is read: 64 KiB, as everywhere. */
const limit = 64 * 1024

const flatten = (headers: Http.IncomingHttpHeaders): Record<string, string> => {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value
  }
  return flat
}

/**
 * Whether the response to the probe applies to the broken request as well.
 *
 * **Details**
 *
 * 408 and 417 concern the probe itself: the body that it does not send, and the `Expect` header. A redirect or a 511
 * without a mark of a storage comes from a captive portal, which the next attempt reports.
 */
const isRefusal = ({ headers, status }: HttpAnswer): boolean => {
  if (status < 300 || status === 408 || status === 417) return false
  return (status >= 400 && status !== 511) || StorageMarks.isStorage(headers)
}

/** Looked up by name instead of imported, so that a bundler for browsers has nothing to resolve. */
const client = (protocol: string): Pick<typeof Http, "request"> | undefined =>
  globalThis.process?.getBuiltinModule?.(protocol === "https:" ? "node:https" : "node:http")

/** The request without its body; `undefined` if it cannot be made. */
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
 * The response with which the server rejects this request by its headers alone; `undefined` if there is none.
 *
 * **Details**
 *
 * Never fails: returns `undefined` if the server cannot be reached, accepts the request or does not respond for 15 s.
 * Statuses below 300, 408, 417 and the redirects of a captive portal do not count.
 */
export const ask = (probed: Probed): Effect.Effect<HttpAnswer | undefined> =>
  exchange(probed).pipe(Effect.timeoutOrElse({ duration: Timeouts.probe, orElse: () => Effect.undefined }))

/** Whether an error can hide a rejection: the connection broke while the body was being sent. */
export const mayHide = (error: { readonly _tag: string; readonly reached?: string }): boolean =>
  error._tag === "ConnectionReset" && error.reached === "maybe"

/** The probe for chunks and forms. Tests replace it. */
export const RefusalProbe = Context.Reference<{ readonly ask: typeof ask }>("@holdfast/s3/RefusalProbe", {
  defaultValue: () => ({ ask }),
})
