/**
 * Bundles the page of the first story as an application would, and serves it together with the server that signs its forms.
 */
import { Effect, type Scope } from "effect"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { extname, join, normalize } from "node:path"
import { build, defaultClientConditions } from "vite"
import type { Signed } from "../s3/signers.ts"

const types: Readonly<Record<string, string>> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript" }

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "holdfast-page-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true })),
)

/** Bundles the page into a folder that is removed with the scope. */
const bundle: Effect.Effect<string, never, Scope.Scope> = Effect.tap(temporary, (outDir) =>
  Effect.promise(() =>
    build({
      root: join(import.meta.dirname, "../../page"),
      configFile: false,
      logLevel: "error",
      resolve: { conditions: ["@holdfast/source", ...defaultClientConditions] },
      build: { outDir, emptyOutDir: false, target: "es2023" },
    }),
  ),
)

/** Serves the page on a free port of 127.0.0.1; `sign` makes the form for a key. Returns the page's origin. */
export const serve = (sign: (key: string) => Promise<Signed>): Effect.Effect<string, never, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = yield* bundle
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1")
      if (pathname === "/sign") {
        sign(searchParams.get("key") ?? "").then(
          (signed) => response.setHeader("content-type", "application/json").end(JSON.stringify(signed)),
          (error: unknown) => response.writeHead(500).end(String(error)),
        )
        return
      }
      const file = pathname === "/" ? "index.html" : normalize(pathname).replace(/^[/.]+/, "")
      try {
        const content = readFileSync(join(folder, file))
        response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream").end(content)
      } catch {
        response.writeHead(404).end()
      }
    })
    yield* Effect.acquireRelease(
      Effect.callback<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      }),
      () =>
        Effect.promise(() => {
          const closed = new Promise((resolve) => server.close(resolve))
          server.closeAllConnections()
          return closed
        }),
    )
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
