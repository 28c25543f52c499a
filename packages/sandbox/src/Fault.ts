/**
 * The kinds of faults that a plan can contain.
 */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type * as Route from "./Route.ts"

/** The properties of a kind of fault. */
export interface Kind {
  /** A short description of what the client sees, for a log line: "503 SlowDown on chunk 7". */
  readonly text: string
  /** A one-sentence description of what happens. */
  readonly description: string
  /** The routes on which the fault can happen; all routes if absent. */
  readonly routes?: ReadonlyArray<Route.Route>
  /** The routes on which the fault cannot happen, if `routes` is absent. */
  readonly except?: ReadonlyArray<Route.Route>
  /** The routes on which a compliant client survives the fault only once, or must restart an operation. */
  readonly costly: "nowhere" | "everywhere" | "chunk" | "api"
}

const authorizedRoutes = ["me", "heartbeat", "assets", "parts"] as const

/** A socket does not have a response that could be lost or truncated. */
const exceptSockets = ["socket"] as const

const table = {
  "slow-down": {
    text: "400 slow_down",
    description: 'The response is the first variant of the rate-limit error: 400 with `{"error":"slow_down"}`.',
    costly: "chunk",
  },
  "too-many-requests": {
    text: "429",
    description:
      "The response is the second variant of the rate-limit error: 429, with `Retry-After` if `seconds` is given.",
    costly: "chunk",
  },
  "internal-error": {
    text: "500",
    description: "The response is a 500 with Frame.io's payload, or with S3's InternalError document for a chunk.",
    costly: "api",
  },
  "s3-slow-down": {
    text: "503 SlowDown",
    description: "The response is a 503 with S3's SlowDown document.",
    routes: ["chunk"],
    costly: "nowhere",
  },
  "not-found": {
    text: "404 from an intermediary",
    description: "The response is a 404 with an HTML page from an intermediary.",
    costly: "chunk",
  },
  html: {
    text: "a sign-in page",
    description: "The response is a 200 with the sign-in page of a captive network.",
    costly: "chunk",
  },
  unavailable: {
    text: "503",
    description: "The response is a 503 with an HTML page from an intermediary.",
    costly: "everywhere",
  },
  "reset-before": {
    text: "a reset",
    description: "The connection is reset before the body is read.",
    costly: "nowhere",
  },
  "reset-during": {
    text: "a reset in the body",
    description: "The connection is reset after half of the body has arrived.",
    costly: "nowhere",
  },
  "reset-after": {
    text: "a lost response",
    description: "The server processes the request, but resets the connection instead of responding.",
    except: exceptSockets,
    costly: "nowhere",
  },
  hang: {
    text: "no response",
    description: "The server is silent for `seconds` (default 2), then resets the connection. It does no work.",
    costly: "nowhere",
  },
  truncated: {
    text: "a truncated response",
    description: "The server processes the request, but the response ends before its Content-Length is reached.",
    except: exceptSockets,
    costly: "nowhere",
  },
  "token-expired": {
    text: "an expired token",
    description: "All access tokens expire immediately, so the response is a 401.",
    routes: authorizedRoutes,
    costly: "nowhere",
  },
  "refresh-refused": {
    text: "400 invalid_request",
    description:
      "The response is a 400 with `invalid_request`: the server claims that the refresh token has already been used.",
    routes: ["refresh"],
    costly: "everywhere",
  },
  "channel-paused": {
    text: "409 Channel Paused",
    description: "The response is 409 Channel Paused.",
    routes: ["assets"],
    costly: "everywhere",
  },
  "url-expired": {
    text: "403 Request has expired",
    description:
      "All URLs of the asset expire immediately, so the response is a 403 AccessDenied (Request has expired). The client must create a new asset.",
    routes: ["chunk"],
    costly: "everywhere",
  },
  "wrong-bytes": {
    text: "a wrong byte on disk",
    description: "The server flips one bit of the stored chunk. The ETag is the MD5 of the stored bytes.",
    routes: ["chunk"],
    costly: "everywhere",
  },
  "socket-drop": {
    text: "a dropped socket",
    description: "The server resets the connection after the device has joined.",
    routes: ["socket"],
    costly: "nowhere",
  },
  "socket-silent": {
    text: "a silent socket",
    description: "The server accepts the connection, but sends nothing.",
    routes: ["socket"],
    costly: "nowhere",
  },
} as const satisfies Record<string, Kind>

/** The name of a fault kind. */
export type FaultKind = keyof typeof table

/** All fault kinds with their properties, for logs and docs. */
export const kinds: Readonly<Record<FaultKind, Kind>> = table

/** One fault. `seconds` is the duration of a `hang`, or the `Retry-After` value of a `too-many-requests`. */
export interface Fault {
  readonly kind: FaultKind
  readonly seconds?: number
}

const FaultKind = Schema.Literals(Object.keys(table) as Array<FaultKind>).annotate({
  expected: `one of ${Object.keys(table).join(", ")}`,
})

/** A fault in a plan file: the name of its kind, or `{ "kind": …, "seconds": … }`. */
export const Fault = Schema.Union([
  FaultKind.pipe(
    Schema.decodeTo(
      Schema.Struct({ kind: FaultKind, seconds: Schema.optionalKey(Schema.Finite) }),
      SchemaTransformation.transform({ decode: (kind) => ({ kind }), encode: ({ kind }) => kind }),
    ),
  ),
  Schema.Struct({
    kind: FaultKind,
    seconds: Schema.optionalKey(Schema.Finite.pipe(Schema.check(Schema.isGreaterThan(0)))),
  }),
])

/** Whether this fault kind can happen on this route. */
export const happensOn = (kind: FaultKind, route: Route.Route): boolean => {
  const { except, routes } = kinds[kind]
  return routes === undefined ? except?.includes(route) !== true : routes.includes(route)
}

/** Whether a second fault of this kind on one resource makes even a fully compliant client give up or start over. */
export const isCostly = (kind: FaultKind, route: Route.Route): boolean => {
  const { costly } = kinds[kind]
  return costly === "everywhere" || (costly !== "nowhere" && (costly === "chunk") === (route === "chunk"))
}

/** The fault kinds with which the server's response is lost, so a client cannot know whether the server did the work. */
export const losesTheAnswer: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "reset-before",
  "reset-during",
  "reset-after",
  "hang",
  "truncated",
  "html",
])

/**
 * Whether the first fault of this kind makes even a fully compliant client give up.
 *
 * **Details**
 *
 * A paused channel rejects its uploads permanently. The creation of an asset must not be repeated if its response is lost.
 */
export const isFatal = (kind: FaultKind, route: Route.Route): boolean =>
  kind === "channel-paused" || (route === "assets" && losesTheAnswer.has(kind))
