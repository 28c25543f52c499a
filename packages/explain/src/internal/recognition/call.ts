/**
 * Errors of calls whose libraries keep a status of their own: gRPC and WebSockets.
 */
import * as Around from "./around.ts"
import type { Recognized } from "./recognized.ts"

/** The names of gRPC's statuses, by number. */
const names = [
  "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
  "UNAUTHENTICATED",
] // prettier-ignore

/** How the libraries print them: Go, Python, Node, Java, .NET, grpcurl. */
const calls: ReadonlyArray<RegExp> = [
  /rpc error: code = (?<name>[A-Za-z]{2,24}) desc = (?<message>[^\n]{0,500})/,
  /StatusCode\.(?<name>[A-Z_]{2,24})\b(?:[\s\S]{0,80}?details = "(?<message>[^"\n]{0,500}))?/,
  /\b(?<number>1[0-6]|[1-9]) (?<name>[A-Z]{2,12}(?:_[A-Z]{2,12})?): (?<message>[^\n]{0,500})/,
  /StatusRuntimeException: (?<name>[A-Z_]{2,24})(?:: (?<message>[^\n]{0,500}))?/,
  /StatusCode="(?<name>[A-Za-z]{2,24})", Detail="(?<message>[^"\n]{0,500})/,
  /Code: (?<name>[A-Z][A-Za-z]{2,24})\s{1,10}Message: (?<message>[^\n]{0,500})/,
]

/** `PermissionDenied` of Go and .NET, as the others write it. */
const capitals = (name: string): string =>
  (/[a-z]/.test(name) ? name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase() : name).replace(
    /^CANCELED$/,
    "CANCELLED",
  )

/** Reads the error of a call of gRPC, in which an error of the network may stand. */
export const readRpc = (text: string): Recognized | undefined => {
  for (const pattern of calls) {
    const { message = "", name = "" } = pattern.exec(text)?.groups ?? {}
    const number = names.indexOf(capitals(name))
    if (number < 1) continue
    const request = Around.requestIn(text)
    return {
      exchange: {
        ...(request === undefined ? {} : { request }),
        response: {
          status: 200,
          headers: { "content-type": "application/grpc", "grpc-status": String(number), "grpc-message": message },
        },
      },
      as: "the error of a gRPC client",
    }
  }
  return undefined
}

/** The sentences of a WebSocket whose handshake was answered: browsers, ws, Python, Go, Rust, .NET. */
const handshakes: ReadonlyArray<RegExp> = [
  /WebSocket connection to '(?<url>wss?:[^'\s]{1,2000})' failed: Error during WebSocket handshake: Unexpected response code: (?<status>\d{3})/,
  /(?:Error: )?Unexpected server response: (?<status>\d{3})/,
  /(?:server rejected WebSocket connection: HTTP|InvalidStatus(?:Code)?: .{0,60}?HTTP|Handshake status|websocket: bad handshake \(HTTP|status code '?) ?(?<status>\d{3})\b/,
  /WebSocket[^\n]{0,200}(?:returned status code '|status code )(?<status>\d{3})/,
]

/** Reads the error of a handshake that was answered. */
export const readHandshake = (text: string): Recognized | undefined => {
  if (!/websocket|\bwss?:\/\/|Unexpected server response/i.test(text)) return undefined
  for (const pattern of handshakes) {
    const { status, url = /\bwss?:\/\/[^\s"'<>]{1,2000}/.exec(text)?.[0] } = pattern.exec(text)?.groups ?? {}
    if (status === undefined) continue
    return {
      exchange: {
        request: {
          method: "GET",
          ...(url === undefined ? {} : { url: Around.trimmed(url).replace(/^ws/, "http") }),
          headers: { upgrade: "websocket", connection: "Upgrade" },
        },
        response: { status: Number(status) },
      },
      as: "the error of a WebSocket client",
    }
  }
  return undefined
}
