/**
 * Maps responses to OAuth errors and verdicts. The codes come from RFC 6749, RFC 7009, RFC 8628 and some providers.
 */
import * as ErrorTable from "@holdfast/core/ErrorTable"
import type { Dialect } from "../../Dialect.ts"
import * as Rows from "./rows.ts"
import * as Errors from "./classes.ts"

const classes = {
  AuthorizationPending: Errors.AuthorizationPending,
  SlowDown: Errors.SlowDown,
  AccessDenied: Errors.AccessDenied,
  ExpiredToken: Errors.ExpiredToken,
  InvalidGrant: Errors.InvalidGrant,
  InvalidRequest: Errors.InvalidRequest,
  InvalidClient: Errors.InvalidClient,
  InvalidClientVersion: Errors.InvalidClientVersion,
  UnauthorizedClient: Errors.UnauthorizedClient,
  UnsupportedGrantType: Errors.UnsupportedGrantType,
  UnsupportedTokenType: Errors.UnsupportedTokenType,
  InvalidScope: Errors.InvalidScope,
  InteractionRequired: Errors.InteractionRequired,
  NotFound: Errors.NotFound,
  ServerError: Errors.ServerError,
  TemporarilyUnavailable: Errors.TemporarilyUnavailable,
  GatewayFailure: Errors.GatewayFailure,
  UnknownOAuthError: Errors.UnknownOAuthError,
}

/** The table. */
export const table = ErrorTable.make<Errors.Fields>()({
  system: "oauth",
  classes,
  unknown: Rows.unknown,
  rows: Rows.rows,
  statuses: Rows.statuses,
})

/** Returns the decoder for a provider's table. */
export const decoderOf = (dialect: Dialect | undefined): (typeof table)["decode"] =>
  dialect === undefined ? table.decode : ErrorTable.decoder({ classes, find: Rows.finderOf(dialect) })
