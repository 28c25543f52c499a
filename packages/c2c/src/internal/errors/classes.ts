/**
 * The classes of Frame.io's C2C errors. All have the same fields; which rows they stand for is in `rows.ts`.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"
import type * as Payload from "./payload.ts"

const fields = {
  /** The HTTP status of the answer. */
  status: Schema.Number,
  /** A line for people: the vendor's word, its detail where it gave one, and the status. */
  message: Schema.String,
  /** The vendor's word as it stood in the payload: `error`, or else `message`. */
  key: Schema.optionalKey(Schema.String),
  detail: Schema.optionalKey(Schema.String),
  /** "none" means that the answer does not prove that Frame.io was reached. */
  form: Schema.Literals(["simple", "detailed", "none"]),
  requestId: Schema.optionalKey(Schema.String),
  verdict: VerdictSchema,
}

/** What every error of the table keeps of its answer, beside the verdict. */
export interface Fields {
  readonly status: number
  readonly message: string
  readonly key?: string
  readonly detail?: string
  readonly form: Payload.Form
  readonly requestId?: string
}

/** The person declined the pairing. */
export class AccessDenied extends Schema.TaggedError<AccessDenied>()("AccessDenied", fields) {}
/** The person has not entered the code yet. */
export class AuthorizationPending extends Schema.TaggedError<AuthorizationPending>()("AuthorizationPending", fields) {}
/** The device or channel is paused; media created meanwhile is refused for good. */
export class ChannelPaused extends Schema.TaggedError<ChannelPaused>()("ChannelPaused", fields) {}
/** The device code and its user code have run out. */
export class ExpiredToken extends Schema.TaggedError<ExpiredToken>()("ExpiredToken", fields) {}
/** An argument has a value that Frame.io does not take; `detail` names it. */
export class InvalidArgument extends Schema.TaggedError<InvalidArgument>()("InvalidArgument", fields) {}
/** The client id or secret is not one that Frame.io knows. */
export class InvalidClient extends Schema.TaggedError<InvalidClient>()("InvalidClient", fields) {}
/** `x-client-version` was sent twice or is no semantic version. */
export class InvalidClientVersion extends Schema.TaggedError<InvalidClientVersion>()("InvalidClientVersion", fields) {}
/** The grant type is not valid. */
export class InvalidGrant extends Schema.TaggedError<InvalidGrant>()("InvalidGrant", fields) {}
/** The request's fields are malformed; while refreshing, the refresh token is spent. */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", fields) {}
/** The access token is missing, expired, or not allowed here. */
export class UnauthorizedClient extends Schema.TaggedError<UnauthorizedClient>()("UnauthorizedClient", fields) {}
/** Too many requests. */
export class SlowDown extends Schema.TaggedError<SlowDown>()("SlowDown", fields) {}
/** The request was refused without a word that the table knows. */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", fields) {}
/** Nothing there: by Frame.io's word when there is a payload, perhaps by an intermediary when there is none. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", fields) {}
/** The endpoint does not take this method. */
export class MethodNotAllowed extends Schema.TaggedError<MethodNotAllowed>()("MethodNotAllowed", fields) {}
/** The endpoint does not take this content type. */
export class InvalidContentType extends Schema.TaggedError<InvalidContentType>()("InvalidContentType", fields) {}
/** Frame.io had an internal error. */
export class InternalServerError extends Schema.TaggedError<InternalServerError>()("InternalServerError", fields) {}
/** Something between the device and Frame.io could not pass the request on. */
export class ServiceUnavailable extends Schema.TaggedError<ServiceUnavailable>()("ServiceUnavailable", fields) {}
/** No row knows this answer; `key` and `status` keep what it said. */
export class UnknownApiError extends Schema.TaggedError<UnknownApiError>()("UnknownApiError", fields) {}
