/**
 * Parses the address at which the other workers reach a worker.
 */
import * as Effect from "effect/Effect"
import { UsageError } from "../process/PersonError.ts"

/** A host and a port. Port 0 is any free port. */
export interface Listen {
  readonly host: string
  readonly port: number
}

/** The addresses on which a server listens everywhere, as URLs spell them. No other machine can connect to them. */
const everywhere = new Set(["0.0.0.0", "[::]", "[::ffff:0:0]"])

const isEverywhere = (address: Listen): boolean =>
  URL.canParse(`http://${shown(address)}`) && everywhere.has(new URL(`http://${shown(address)}`).hostname)

/** Parses `host:port` or `[address]:port`. */
export const parse = (text: string): Effect.Effect<Listen, UsageError> => {
  const refuse = (problem: string) =>
    Effect.fail(new UsageError({ problem: `--listen: ${problem}`, remedy: "write HOST:PORT, such as 10.0.0.7:34431" }))
  const [, bracketed, plain, port = ""] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  if (host === undefined || Number(port) > 65_535) return refuse(`"${text}" is not an address`)
  const address = { host, port: Number(port) }
  // Workers that register the same address would take each other for themselves.
  return isEverywhere(address) ? refuse(`other workers cannot reach ${host}`) : Effect.succeed(address)
}

/** Writes an address as `parse` reads it. */
export const shown = ({ host, port }: Listen): string => (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`)
