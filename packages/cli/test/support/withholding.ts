/**
 * A server in front of the sandbox that withholds responses which the sandbox has given.
 */
import { Effect, type Scope } from "effect"
import * as Http from "node:http"

/** Withholds the response to the first `POST` whose path ends with `path`. */
export const make = (path: string) => {
  let withheld = 0
  const serve = (target: string): Effect.Effect<string, never, Scope.Scope> =>
    Effect.acquireRelease(
      Effect.promise(
        () =>
          new Promise<Http.Server>((resolve) => {
            const server = Http.createServer((request, response) => {
              const { headers, method, url = "/" } = request
              const passed = Http.request(new URL(url, target), { method, headers }, (answer) => {
                if (method === "POST" && url.endsWith(path) && withheld === 0) {
                  answer.resume().on("end", () => withheld++)
                  return
                }
                response.writeHead(answer.statusCode ?? 502, answer.headers)
                answer.pipe(response)
              })
              passed.on("error", () => response.destroy())
              request.pipe(passed)
            })
            server.listen(0, "127.0.0.1", () => resolve(server))
          }),
      ),
      (server) =>
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        }),
    ).pipe(
      Effect.map((server) => {
        const address = server.address()
        return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
      }),
    )
  /** Waits until a response was withheld. */
  const untilWithheld: Effect.Effect<void> = Effect.suspend(() =>
    withheld > 0 ? Effect.void : Effect.andThen(Effect.sleep("20 millis"), untilWithheld),
  )
  return { serve, untilWithheld }
}
