/**
 * Adds a header with the name of its process to every request, so that a server can tell the processes of one program apart.
 * Node loads this file before the program (`--import`), and the name is in `HOLDFAST_BENCH_NAME`.
 */
import { subscribe } from "node:diagnostics_channel"

/** The header. */
export const nameHeader = "x-holdfast-bench-name"

interface Created {
  readonly request: { readonly addHeader: (name: string, value: string) => unknown }
}

const name = process.env["HOLDFAST_BENCH_NAME"]

if (name !== undefined) {
  subscribe("undici:request:create", (message) => void (message as Created).request.addHeader(nameHeader, name))
}
