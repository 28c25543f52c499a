/**
 * The rows of Frame.io's two error tables as plain data: first the messages from its error guide, then the statuses.
 *
 * The message rows are those of Frame.io's error guide ("How to: Handle Errors"). Frame.io's status table is not available,
 * so each status row that was inferred from descriptions in the error guide is marked `inferred`.
 */
import * as ErrorRows from "@holdfast/core/ErrorRows"
import * as Verdict from "@holdfast/core/Verdict"

const tokenSpent = { change: "token", closes: "authorization" } as const
const intermediary = { closes: "connectivity" } as const

/** The rows. */
export const rows = [
  {
    class: "AccessDenied",
    key: "access_denied",
    status: 401,
    form: "simple",
    verdict: Verdict.once({ change: "human" }),
    description: "The user declined the pairing.",
  },
  {
    class: "AuthorizationPending",
    key: "authorization_pending",
    status: 400,
    form: "simple",
    verdict: Verdict.always(),
    description: "The user has not entered the code yet; poll again after the interval.",
  },
  {
    class: "ChannelPaused",
    key: "Channel Paused",
    status: 409,
    form: "simple",
    verdict: Verdict.never({ change: "human" }),
    description: "The channel was paused when the media was created; never send this asset again.",
  },
  {
    class: "ExpiredToken",
    key: "expired_token",
    status: 400,
    form: "simple",
    verdict: Verdict.never({ change: "human" }),
    description: "The pairing code has expired; request a new one.",
  },
  {
    class: "InvalidArgument",
    key: "Invalid Argument",
    status: 422,
    form: "detailed",
    verdict: Verdict.never({ change: "plan" }),
    description: "An argument has an invalid value; the detail identifies the argument.",
  },
  {
    class: "InvalidClient",
    key: "invalid_client",
    status: 400,
    form: "simple",
    verdict: Verdict.never({ change: "human" }),
    description: "Frame.io does not recognize the client id or the client secret.",
  },
  {
    class: "InvalidClientVersion",
    key: "Invalid client version",
    status: 400,
    form: "simple",
    verdict: Verdict.never({ change: "plan" }),
    description: "The x-client-version header was sent more than once or is not a semantic version.",
  },
  {
    class: "InvalidGrant",
    key: "invalid_grant",
    status: 400,
    form: "simple",
    verdict: Verdict.never({ change: "plan" }),
    description: "The grant type is not valid.",
  },
  {
    class: "InvalidRequest",
    key: "invalid_request",
    status: 400,
    form: "simple",
    verdict: Verdict.once({ change: "plan" }),
    description:
      "Fields are malformed. In response to a refresh, this error means that the refresh token is no longer valid and the device must be paired again.",
  },
  // Frame.io's error guide says "no" here, and "refresh, then retry" in its description. One retry uses a refreshed token: if
  // that is rejected too, no token of this device is valid.
  {
    class: "UnauthorizedClient",
    key: "Not Authorized",
    status: 401,
    form: "detailed",
    verdict: Verdict.once(tokenSpent),
    description:
      "Frame.io rejected the token. The client retries once with a fresh token, and fails if that token is rejected too.",
  },
  {
    class: "SlowDown",
    key: "slow_down",
    status: 400,
    form: "simple",
    verdict: Verdict.always({ pace: "throttled" }),
    description: "The client sent too many requests, or several requests for a device code on one connection.",
  },
  {
    class: "UnauthorizedClient",
    key: "unauthorized_client",
    status: 401,
    form: "simple",
    verdict: Verdict.always(tokenSpent),
    description: "The access token is missing or expired; refresh it, then retry.",
  },

  {
    class: "SlowDown",
    status: 429,
    verdict: Verdict.always({ pace: "throttled" }),
    description: "Too many requests.",
  },
  {
    class: "InternalServerError",
    status: 500,
    verdict: Verdict.once(),
    description:
      "Frame.io failed internally. A channel that does not exist, or a part count that S3 rejects, also causes this error.",
  },
  {
    class: "BadRequest",
    status: 400,
    verdict: Verdict.once({ change: "plan" }),
    inferred: true,
    description: "The request was rejected without a known error message.",
  },
  {
    class: "UnauthorizedClient",
    status: 401,
    verdict: Verdict.always(tokenSpent),
    inferred: true,
    description: "The access token is missing or expired; refresh it, then retry.",
  },
  {
    class: "NotFound",
    status: 404,
    verdict: Verdict.always(),
    inferred: true,
    description: "The response has no Frame.io payload and may have come from an intermediary.",
  },
  {
    class: "NotFound",
    status: 404,
    form: "simple",
    verdict: Verdict.once({ change: "plan" }),
    inferred: true,
    description: "Frame.io itself reports that the resource does not exist.",
  },
  {
    class: "NotFound",
    status: 404,
    form: "detailed",
    verdict: Verdict.once({ change: "plan" }),
    inferred: true,
    description: "Frame.io itself reports that the resource does not exist.",
  },
  {
    class: "MethodNotAllowed",
    status: 405,
    verdict: Verdict.once({ change: "plan" }),
    inferred: true,
    description: "The endpoint does not accept this method.",
  },
  {
    class: "InvalidContentType",
    status: 415,
    verdict: Verdict.never({ change: "plan" }),
    inferred: true,
    description: "The endpoint does not accept this content type.",
  },
  {
    class: "InvalidArgument",
    status: 422,
    verdict: Verdict.never({ change: "plan" }),
    inferred: true,
    description: "An argument has an invalid value.",
  },
  {
    class: "ServiceUnavailable",
    status: 502,
    verdict: Verdict.always(intermediary),
    inferred: true,
    description: "A gateway did not receive a valid response from its upstream server.",
  },
  {
    class: "ServiceUnavailable",
    status: 503,
    verdict: Verdict.always({ ...intermediary, pace: "throttled" }),
    inferred: true,
    description: "A gateway has no available server for the request.",
  },
  {
    class: "ServiceUnavailable",
    status: 504,
    verdict: Verdict.always(intermediary),
    inferred: true,
    description: "A gateway timed out while waiting for a response.",
  },
  {
    class: "ServiceUnavailable",
    status: 511,
    verdict: Verdict.always({ ...intermediary, change: "human", applied: "no" }),
    inferred: true,
    description: "The network requires a sign-in.",
  },

  {
    class: "UnknownApiError",
    verdict: Verdict.always(),
    description:
      "The message or the status is unknown. A status of 500 or above without a Frame.io payload closes the connectivity gate.",
  },
] as const

/** The class for responses that do not match any row. */
export const unknown = "UnknownApiError"

/**
 * Returns the verdict for a status that has no row. Frame.io's error guide lists `UnknownAPIError` among the errors to retry
 * many times, and states that a response with a status of 500 or above comes from an intermediary. A Frame.io payload,
 * however, proves that the response came from Frame.io.
 */
export const statuses = (status: number, form: string | undefined): Verdict.Verdict =>
  Verdict.always(status >= 500 && (form === undefined || form === "none") ? intermediary : {})

/** Finds the row for a response. Never throws. */
export const find = ErrorRows.finder({ system: "c2c", rows, unknown, statuses })
