/**
 * The faults that a plan can ask for, by the names that plans use.
 */
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type * as Route from "./Route.ts"

/** What is known of a kind of fault. */
export interface Kind {
  /** What the client meets, in a few words, for a log line: "503 SlowDown on chunk 7". */
  readonly text: string
  /** What happens, in a sentence. */
  readonly description: string
  /** Where it can happen; everywhere when absent. */
  readonly routes?: ReadonlyArray<Route.Route>
  /** Where a rule-abiding client may meet it only once, or must start something again because of it. */
  readonly costly: "nowhere" | "everywhere" | "chunk" | "api"
}

const authorizedRoutes = ["me", "heartbeat", "assets", "parts"] as const

const table = {
  "slow-down": {
    text: "400 slow_down",
    description: 'The rate limit, first way: 400 with `{"error":"slow_down"}`.',
    costly: "chunk",
  },
  "too-many-requests": {
    text: "429",
    description: "The rate limit, second way: 429, with `Retry-After` when `seconds` is given.",
    costly: "chunk",
  },
  "internal-error": {
    text: "500",
    description: "500: Frame.io's payload, or S3's InternalError for a chunk.",
    costly: "api",
  },
  "s3-slow-down": {
    text: "503 SlowDown",
    description: "503 with S3's SlowDown document.",
    routes: ["chunk"],
    costly: "nowhere",
  },
  "not-found": {
    text: "404 from an intermediary",
    description: "404 with a page of an intermediary.",
    costly: "chunk",
  },
  html: {
    text: "a sign-in page",
    description: "200 with the sign-in page of a captive network.",
    costly: "chunk",
  },
  unavailable: { text: "503", description: "503 with a page of an intermediary.", costly: "everywhere" },
  "reset-before": {
    text: "a reset",
    description: "The connection is reset before the body is read.",
    costly: "nowhere",
  },
  "reset-during": {
    text: "a reset in the body",
    description: "The connection is reset when half of the body has arrived.",
    costly: "nowhere",
  },
  "reset-after": {
    text: "a lost answer",
    description: "The work is done and the connection is reset instead of an answer.",
    costly: "nowhere",
  },
  hang: {
    text: "no answer",
    description: "Nothing for `seconds` (2 when not given), then a reset. No work is done.",
    costly: "nowhere",
  },
  truncated: {
    text: "a cut answer",
    description: "The work is done and the answer ends before its Content-Length.",
    costly: "nowhere",
  },
  "token-expired": {
    text: "an expired token",
    description: "Every access token ends at this moment, so the request is answered with 401.",
    routes: authorizedRoutes,
    costly: "nowhere",
  },
  "refresh-refused": {
    text: "400 invalid_request",
    description: "400 with `invalid_request`: the refresh token is spent, as far as the server says.",
    routes: ["refresh"],
    costly: "everywhere",
  },
  "channel-paused": {
    text: "409 Channel Paused",
    description: "409 Channel Paused.",
    routes: ["assets"],
    costly: "everywhere",
  },
  "url-expired": {
    text: "403 Request has expired",
    description:
      "The URLs of the asset end at this moment: 403 AccessDenied, Request has expired. Only a new asset helps.",
    routes: ["chunk"],
    costly: "everywhere",
  },
  "wrong-bytes": {
    text: "a wrong byte on disk",
    description: "One bit is stored wrong. The ETag is the MD5 of what was stored.",
    routes: ["chunk"],
    costly: "everywhere",
  },
} as const satisfies Record<string, Kind>

/** A kind of fault. */
export type FaultKind = keyof typeof table

/** Every kind with its words, for logs and docs. */
export const kinds: Readonly<Record<FaultKind, Kind>> = table

/** One fault. `seconds` is how long a `hang` lasts, or the `Retry-After` of a `too-many-requests`. */
export interface Fault {
  readonly kind: FaultKind
  readonly seconds?: number
}

const FaultKind = Schema.Literals(Object.keys(table) as Array<FaultKind>).annotate({
  expected: `one of ${Object.keys(table).join(", ")}`,
})

/** A fault in a plan file: its kind alone, or `{ "kind": …, "seconds": … }`. */
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

/** Whether this kind can happen on this route. */
export const happensOn = (kind: FaultKind, route: Route.Route): boolean => {
  const { routes } = kinds[kind]
  return routes === undefined || routes.includes(route)
}

/** Whether a client that obeys every rule gives up, or starts again, at the second one of these on one resource. */
export const isCostly = (kind: FaultKind, route: Route.Route): boolean => {
  const { costly } = kinds[kind]
  return costly === "everywhere" || (costly !== "nowhere" && (costly === "chunk") === (route === "chunk"))
}

const losesTheAnswer: ReadonlyArray<FaultKind> = [
  "reset-before",
  "reset-during",
  "reset-after",
  "hang",
  "truncated",
  "html",
]

/**
 * Whether a client that obeys every rule gives up at the first one.
 *
 * **Details**
 *
 * A paused channel is final, and the creation of an asset must not be repeated when its answer is lost.
 */
export const isFatal = (kind: FaultKind, route: Route.Route): boolean =>
  kind === "channel-paused" || (route === "assets" && losesTheAnswer.includes(kind))
