/**
 * The classes of Frame.io's C2C errors. All have the same fields; `rows.ts` has the rows of each class.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"
import type * as Payload from "./payload.ts"

const fields = {
  /** The HTTP status of the response. */
  status: Schema.Number,
  /** A line for people: the vendor's error code, its detail if it has one, and the status. */
  message: Schema.String,
  /** The vendor's error code in the payload: `error`, or else `message`. */
  key: Schema.optionalKey(Schema.String),
  detail: Schema.optionalKey(Schema.String),
  /** "none" means that the response does not prove that Frame.io was reached. */
  form: Schema.Literals(["simple", "detailed", "none"]),
  requestId: Schema.optionalKey(Schema.String),
  verdict: VerdictSchema,
}

/** The fields that every error of the table keeps from its response, in addition to the verdict. */
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
/** The device or channel is paused; media created meanwhile is rejected permanently. */
export class ChannelPaused extends Schema.TaggedError<ChannelPaused>()("ChannelPaused", fields) {}
/** The device code and its user code have expired. */
export class ExpiredToken extends Schema.TaggedError<ExpiredToken>()("ExpiredToken", fields) {}
/** An argument has a value that Frame.io does not accept; `detail` names it. */
export class InvalidArgument extends Schema.TaggedError<InvalidArgument>()("InvalidArgument", fields) {}
/** Frame.io does not know the client ID or secret. */
export class InvalidClient extends Schema.TaggedError<InvalidClient>()("InvalidClient", fields) {}
/** `x-client-version` was sent twice or is not a semantic version. */
export class InvalidClientVersion extends Schema.TaggedError<InvalidClientVersion>()("InvalidClientVersion", fields) {}
/** The grant type is not valid. */
export class InvalidGrant extends Schema.TaggedError<InvalidGrant>()("InvalidGrant", fields) {}
/** The request's fields are malformed; during a refresh, the refresh token is spent. */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", fields) {}
/** The access token is missing, expired, or not allowed here. */
export class UnauthorizedClient extends Schema.TaggedError<UnauthorizedClient>()("UnauthorizedClient", fields) {}
/** Too many requests. */
export class SlowDown extends Schema.TaggedError<SlowDown>()("SlowDown", fields) {}
/** The request was rejected without an error code in the table. */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", fields) {}
/** The resource does not exist: according to Frame.io if there is a payload, possibly according to an intermediary if not. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", fields) {}
/** The endpoint does not accept this method. */
export class MethodNotAllowed extends Schema.TaggedError<MethodNotAllowed>()("MethodNotAllowed", fields) {}
/** The endpoint does not accept this content type. */
export class InvalidContentType extends Schema.TaggedError<InvalidContentType>()("InvalidContentType", fields) {}
/** Frame.io had an internal error. */
export class InternalServerError extends Schema.TaggedError<InternalServerError>()("InternalServerError", fields) {}
/** An intermediary between the device and Frame.io could not forward the request. */
export class ServiceUnavailable extends Schema.TaggedError<ServiceUnavailable>()("ServiceUnavailable", fields) {}
/** No row matches this response; `key` and `status` keep its error code and status. */
export class UnknownApiError extends Schema.TaggedError<UnknownApiError>()("UnknownApiError", fields) {}
