/**
 * Defines the error with which a connection of the device socket ends.
 *
 * **Details**
 *
 * The URL of the socket contains the access token, and the events of a WebSocket refer to this URL. A server or a proxy can
 * also repeat the URL in its own error message. Therefore, the error contains only numbers and error codes, and no message or
 * cause from the transport or the server.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"
import type { SocketError } from "effect/socket/Socket"
import { joinTimeout, largestFrame, lostAfter, openTimeout } from "./limits.ts"

const network = "check whether a firewall or a proxy on the way to the API blocks WebSocket connections"
const wait = "no action is needed: the client connects again"

/** Why a connection ended, and the remedy. */
const reasons = {
  "not-opened": ["the connection could not be opened", network],
  "open-timeout": [`the connection did not open within ${openTimeout / 1000} s`, network],
  "join-timeout": [`the server did not answer the join within ${joinTimeout / 1000} s`, wait],
  "join-rejected": ["the server rejected the join", "check whether the device is still enabled in its project"],
  closed: ["the server closed the connection", wait],
  "channel-closed": ["the server closed the channel of the device", wait],
  silent: [`the server sent nothing for ${lostAfter / 1000} s`, wait],
  broken: ["the connection broke", wait],
  "frame-too-large": [`the server sent a frame of more than ${largestFrame / 1024} KiB`, network],
  flooded: ["the server sent too many frames or bytes", network],
  unusable: ["the WebSocket client cannot connect", "provide a WebSocketConstructor that accepts headers"],
} as const

type Reason = keyof typeof reasons

/**
 * A connection of the device socket ended.
 *
 * **Details**
 *
 * `status` is the HTTP status of a rejected handshake, and `network` is the code of a network failure (`ECONNREFUSED`); both
 * are present only if the WebSocket client states them. `closeCode` is the code with which the server closed the connection.
 * `action` states the remedy if the error persists.
 */
export class DeviceSocketLost extends Schema.TaggedError<DeviceSocketLost>()("DeviceSocketLost", {
  verdict: VerdictSchema,
  reason: Schema.Literals(Object.keys(reasons) as Array<Reason>),
  status: Schema.optionalKey(Schema.Int),
  network: Schema.optionalKey(Schema.String),
  closeCode: Schema.optionalKey(Schema.Int),
}) {
  override get message() {
    const { closeCode, network, status } = this
    const known = status === undefined ? (network ?? closeCode) : `HTTP ${status}`
    return `device socket: ${reasons[this.reason][0]}${known === undefined ? "" : ` (${known})`}`
  }
  get action(): string {
    return reasons[this.reason][1]
  }
}

type Known = Partial<Pick<DeviceSocketLost, "status" | "network" | "closeCode">>

export const make = (reason: Reason, known: Known = {}): DeviceSocketLost =>
  new DeviceSocketLost({ verdict: Verdict.always(), reason, ...known })

/** Converts an error of Effect's socket, without its messages and causes. */
export const fromSocketError = ({ reason }: SocketError): DeviceSocketLost => {
  switch (reason._tag) {
    case "SocketOpenError":
      return reason.kind === "Timeout" ? make("open-timeout") : make("not-opened", refusalOf(reason.cause))
    case "SocketCloseError":
      // 1006 means that the connection ended without a close frame.
      return reason.code === 1006 ? make("broken") : make("closed", { closeCode: reason.code })
    case "SocketReadError":
      // The package `ws` (with `maxPayload`) rejects a large frame; Effect's socket rejects what its buffer cannot hold.
      if (codeOf(reason.cause) === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") return make("frame-too-large")
      if (reason.cause instanceof Error && reason.cause.message.startsWith("Socket highWaterMark"))
        return make("flooded")
      return make("broken", refusalOf(reason.cause))
    case "SocketWriteError":
    case "SocketUpgradeError":
      return make("broken")
  }
}

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && name in value ? Reflect.get(value, name) : undefined

const codeOf = (cause: unknown): string | undefined => {
  const code = property(property(cause, "error"), "code")
  return typeof code === "string" ? code : undefined
}

/** The codes that Node and OpenSSL use for failed connections. Access tokens do not have this form. */
const networkCode = /^(?:E[A-Z]{3,20}|CERT_[A-Z_]{3,30}|(?:UNABLE_TO|DEPTH_ZERO|SELF_SIGNED)_[A-Z_]{3,40})$/

const refusalOf = (cause: unknown): Known => {
  const code = codeOf(cause)
  if (code !== undefined && networkCode.test(code)) return { network: code }
  // The package `ws` states the status only in its message.
  const status = /^Unexpected server response: (\d{3})$/.exec(String(property(cause, "message")))?.[1]
  return status === undefined ? {} : { status: Number(status) }
}
