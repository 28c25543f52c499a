/**
 * Scripted responses whose bytes a test chooses.
 */
import { Effect } from "effect"
import { HttpClientResponse } from "effect/http"
import type { Step } from "./server.ts"

/** A response with exactly these bytes. */
export const raw =
  (body: string | Uint8Array, headers: Record<string, string> = {}, status = 200): Step =>
  (request) =>
    Effect.sync(() =>
      HttpClientResponse.fromWeb(
        request,
        new Response(typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body), {
          status,
          headers: { "content-type": "application/json", ...headers },
        }),
      ),
    )

/** A response whose connection breaks or stays silent after these bytes. */
export const endsAfter =
  (begin: string, how: "reset" | "silent"): Step =>
  (request) =>
    Effect.sync(() =>
      HttpClientResponse.fromWeb(
        request,
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new TextEncoder().encode(begin)),
            pull: (controller) => {
              if (how === "reset") controller.error(Object.assign(new Error("reset"), { code: "ECONNRESET" }))
              return how === "reset" ? undefined : new Promise(() => {})
            },
          }),
        ),
      ),
    )
