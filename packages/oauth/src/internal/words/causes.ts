/**
 * The causes that messages from sign-in servers identify, with the rules that explain these causes.
 */

/** A cause that a server's message can identify. */
export interface Cause {
  /** The codes of the rules whose causes are consistent with the message. The code of the cause itself comes first. */
  readonly codes: ReadonlyArray<string>
  /**
   * The key of the row that determines the verdict. The key is absent if the server's own error code already has the correct
   * row.
   */
  readonly key?: string
}

const of = (key: string | undefined, ...codes: ReadonlyArray<string>): Cause => ({
  codes: codes.map((code) => `HF-OAUTH-${code}`),
  ...(key === undefined ? {} : { key }),
})

/** Defects in a request that a server reports as a missing parameter. */
const unread = ["REQUEST-001", "REQUEST-009", "REQUEST-002"] as const

/** Reasons why a server rejects a value: the value is damaged, or it was consumed by an attempt whose response was lost. */
const damaged = ["GRANT-006", "GRANT-001"] as const

/** The key of the row for causes that require the user to act. */
const person = "interaction_required"

/** The causes by name. */
export const causes = {
  // The device flow (RFC 8628)
  pending: of("authorization_pending", "DEVICE-001"),
  tooFast: of("slow_down", "DEVICE-002", "DEVICE-003", "SERVER-006"),
  codeExpired: of("expired_token", "DEVICE-004"),
  declined: of("access_denied", "DEVICE-005"),
  deviceCode: of("invalid_grant", "GRANT-002", ...damaged),
  flowDisabled: of("device_flow_disabled", "DEVICE-006"),
  // The person and the administrator
  secondFactor: of(person, "ACCOUNT-001"),
  policy: of(person, "ACCOUNT-002"),
  consent: of(person, "ACCOUNT-003"),
  accountClosed: of(person, "ACCOUNT-004"),
  accountIncomplete: of(person, "ACCOUNT-010"),
  password: of(person, "ACCOUNT-005"),
  signInAgain: of(person, "ACCOUNT-006"),
  email: of(person, "ACCOUNT-007"),
  notAssigned: of(person, "ACCOUNT-008"),
  userPassword: of("invalid_grant", "ACCOUNT-009"),
  forgotten: of(person, "ACCOUNT-011"),
  // Refresh tokens
  refreshIdle: of("invalid_grant", "GRANT-003", "GRANT-004", "GRANT-006"),
  refreshExpired: of("invalid_grant", "GRANT-003", "GRANT-006"),
  refreshRevoked: of("invalid_grant", "GRANT-003", "GRANT-006"),
  refreshUsed: of("invalid_grant", "GRANT-003", ...damaged),
  refreshOther: of("invalid_grant", "GRANT-003", "GRANT-006"),
  refreshMalformed: of("invalid_grant", "GRANT-003", ...damaged),
  refreshSession: of("invalid_grant", "GRANT-003", "GRANT-006"),
  refreshRefused: of("invalid_grant", "GRANT-003", ...damaged),
  // Codes and assertions
  codeUsed: of("invalid_grant", "GRANT-004", "GRANT-002", "GRANT-003", ...damaged),
  codeRefused: of("invalid_grant", "GRANT-004", "GRANT-002", "GRANT-003", ...damaged),
  verifier: of("invalid_grant", "GRANT-007"),
  grantIssuer: of("invalid_grant", "SERVER-007", "GRANT-003"),
  grantPolicy: of("invalid_grant", "SERVER-007"),
  assertionClock: of("invalid_grant", "GRANT-008"),
  assertionRefused: of("invalid_grant", "GRANT-009"),
  // Clients
  secretWrong: of("invalid_client", "CLIENT-002", "CLIENT-005", "CLIENT-013", "GRANT-006", "REQUEST-001"),
  clientUnknown: of("invalid_client", "CLIENT-007"),
  secretMissing: of("invalid_client", "CLIENT-008", ...unread),
  clientPublic: of("invalid_client", "CLIENT-009"),
  secretExpired: of("invalid_client", "CLIENT-010"),
  clientDisabled: of("unauthorized_client", "CLIENT-011"),
  platform: of("unauthorized_client", "CLIENT-012"),
  clientMethod: of("invalid_client", "CLIENT-004", "CLIENT-001"),
  clientTwice: of("invalid_client", "CLIENT-001"),
  clientAssertionClock: of("invalid_client", "GRANT-008"),
  clientAssertionRefused: of("invalid_client", "GRANT-009"),
  federated: of("invalid_client", "GRANT-009"),
  grantNotAllowed: of("unauthorized_client", "CLIENT-006"),
  delegation: of("unauthorized_client", "CLIENT-006"),
  // Requests
  redirect: of("redirect_uri_mismatch", "REQUEST-012"),
  audience: of("invalid_target", "REQUEST-013"),
  scope: of("invalid_scope", "REQUEST-008"),
  grantType: of("unsupported_grant_type", "REQUEST-007", "REQUEST-003", ...unread),
  responseType: of("invalid_request", "REQUEST-016"),
  embedded: of("invalid_request", "REQUEST-017"),
  formOnly: of("invalid_request", "REQUEST-001"),
  method: of("invalid_request", "REQUEST-009"),
  noGrantType: of("invalid_request", "REQUEST-003", ...unread),
  noClientId: of("invalid_request", "REQUEST-004", ...unread),
  noDeviceCode: of("invalid_request", "REQUEST-005", ...unread),
  noRefreshToken: of("invalid_request", "REQUEST-006", ...unread),
  noParameter: of(
    "invalid_request",
    "REQUEST-011",
    "REQUEST-003",
    "REQUEST-004",
    "REQUEST-005",
    "REQUEST-006",
    "REQUEST-014",
    ...unread,
  ),
  version: of("invalid_request", "REQUEST-014"),
  notHttps: of("invalid_request", "REQUEST-015"),
  proof: of("invalid_dpop_proof", "BEARER-007"),
  proofNonce: of("use_dpop_nonce", "BEARER-008"),
  // Tokens at a resource (RFC 6750, RFC 9449, RFC 9470)
  tokenRefused: of("invalid_token", "BEARER-003", "BEARER-002", "BEARER-001", "BEARER-005"),
  noToken: of("invalid_token", "BEARER-001", "BEARER-002"),
  tokenMalformed: of("invalid_token", "BEARER-002", "BEARER-003"),
  tokenExpired: of("invalid_token", "BEARER-003", "BEARER-002", "GRANT-006"),
  tokenRevoked: of("invalid_token", "BEARER-003", "BEARER-002"),
  tokenScope: of("insufficient_scope", "BEARER-004"),
  tokenAudience: of("invalid_token", "BEARER-005"),
  tokenIssuer: of("invalid_token", "BEARER-006"),
  tokenSignature: of("invalid_token", "BEARER-009"),
  claims: of(person, "BEARER-010"),
  tokenNotYet: of("invalid_token", "BEARER-011"),
  tokenClock: of("invalid_token", "GRANT-008", "BEARER-011"),
  signedRequest: of("invalid_token", "BEARER-013"),
  clientHeader: of("invalid_token", "BEARER-012"),
  // Faults that a client finds in the response to its sign-in (OpenID Connect Core, RFC 8414, RFC 6749 section 10.12)
  state: of(undefined, "CALLBACK-001"),
  scopeChanged: of(undefined, "CALLBACK-005"),
  noTokens: of(undefined, "SERVER-008"),
  idIssuer: of(undefined, "CALLBACK-002"),
  idAudience: of(undefined, "CALLBACK-002"),
  idNonce: of(undefined, "CALLBACK-002"),
  idSignature: of(undefined, "CALLBACK-002"),
  idTime: of(undefined, "CALLBACK-002"),
  idMalformed: of(undefined, "CALLBACK-002"),
  idClaims: of(undefined, "CALLBACK-002"),
  idRefused: of(undefined, "CALLBACK-002"),
  noCredentials: of(undefined, "CLIENT-014"),
  keysUnreachable: of(undefined, "CALLBACK-003"),
  noRegistration: of(undefined, "CLIENT-015"),
  windowClosed: of(undefined, "CALLBACK-004"),
  windowBlocked: of(undefined, "CALLBACK-004"),
  windowSilent: of(undefined, "CALLBACK-004"),
  windowBusy: of(undefined, "CALLBACK-004"),
  // Servers
  serverError: of("server_error", "SERVER-001"),
  unavailable: of("temporarily_unavailable", "SERVER-002"),
  tenant: of("invalid_request", "SERVER-007"),
  noEndpoint: of(undefined, "SERVER-004", "REQUEST-009", "SERVER-007"),
} as const satisfies Readonly<Record<string, Cause>>

/** The name of a cause. */
export type Name = keyof typeof causes
