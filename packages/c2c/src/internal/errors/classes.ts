/**
 * The classes of Frame.io's C2C errors. All classes have the same fields; `rows.ts` contains the rows of each class.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"
import type * as Payload from "./payload.ts"

const fields = {
  /** The HTTP status of the response. */
  status: Schema.Number,
  /** A human-readable line with the vendor's error code, the detail if present, and the status. */
  message: Schema.String,
  /** The vendor's error code in the payload: `error` if present, otherwise `message`. */
  key: Schema.optionalKey(Schema.String),
  detail: Schema.optionalKey(Schema.String),
  /** "none" means that the response does not prove that Frame.io was reached. */
  form: Schema.Literals(["simple", "detailed", "none"]),
  requestId: Schema.optionalKey(Schema.String),
  verdict: VerdictSchema,
}

/** The fields that every error in the table copies from its response, in addition to the verdict. */
export interface Fields {
  readonly status: number
  readonly message: string
  readonly key?: string
  readonly detail?: string
  readonly form: Payload.Form
  readonly requestId?: string
}

/** The user declined the pairing. */
export class AccessDenied extends Schema.TaggedError<AccessDenied>()("AccessDenied", fields) {}
/** The user has not entered the code yet. */
export class AuthorizationPending extends Schema.TaggedError<AuthorizationPending>()("AuthorizationPending", fields) {}
/** The device or channel is paused; media created during the pause is permanently rejected. */
export class ChannelPaused extends Schema.TaggedError<ChannelPaused>()("ChannelPaused", fields) {}
/** The device code and its user code have expired. */
export class ExpiredToken extends Schema.TaggedError<ExpiredToken>()("ExpiredToken", fields) {}
/** An argument has a value that Frame.io does not accept; `detail` identifies the argument. */
export class InvalidArgument extends Schema.TaggedError<InvalidArgument>()("InvalidArgument", fields) {}
/** Frame.io does not recognize the client ID or secret. */
export class InvalidClient extends Schema.TaggedError<InvalidClient>()("InvalidClient", fields) {}
/** The `x-client-version` header was sent more than once or is not a semantic version. */
export class InvalidClientVersion extends Schema.TaggedError<InvalidClientVersion>()("InvalidClientVersion", fields) {}
/** The grant type is not valid. */
export class InvalidGrant extends Schema.TaggedError<InvalidGrant>()("InvalidGrant", fields) {}
/**
 * The request's fields are malformed. In response to a refresh, this error means that the refresh token is no longer valid.
 */
export class InvalidRequest extends Schema.TaggedError<InvalidRequest>()("InvalidRequest", fields) {}
/** The access token is missing, has expired, or does not permit this request. */
export class UnauthorizedClient extends Schema.TaggedError<UnauthorizedClient>()("UnauthorizedClient", fields) {}
/** Too many requests. */
export class SlowDown extends Schema.TaggedError<SlowDown>()("SlowDown", fields) {}
/** The request was rejected with no error code, or with a code that is not in the table. */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", fields) {}
/**
 * The resource does not exist. If there is a payload, Frame.io reported the error; otherwise, an intermediary may have
 * reported it.
 */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", fields) {}
/** The endpoint does not accept this method. */
export class MethodNotAllowed extends Schema.TaggedError<MethodNotAllowed>()("MethodNotAllowed", fields) {}
/** The endpoint does not accept this content type. */
export class InvalidContentType extends Schema.TaggedError<InvalidContentType>()("InvalidContentType", fields) {}
/** An internal error occurred at Frame.io. */
export class InternalServerError extends Schema.TaggedError<InternalServerError>()("InternalServerError", fields) {}
/** An intermediary between the device and Frame.io could not forward the request. */
export class ServiceUnavailable extends Schema.TaggedError<ServiceUnavailable>()("ServiceUnavailable", fields) {}
/** No row matches this response; `key` and `status` contain its error code and HTTP status. */
export class UnknownApiError extends Schema.TaggedError<UnknownApiError>()("UnknownApiError", fields) {}
