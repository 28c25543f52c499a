export type { AccessToken } from "./AccessToken.ts"
export { AnswerUnreadable } from "./AnswerUnreadable.ts"
export { ClientCredentials } from "./ClientCredentials.ts"
export type { Options as ClientCredentialsOptions } from "./ClientCredentials.ts"
export * as ClientTokens from "./ClientTokens.ts"
export * as Diagnosis from "./Diagnosis.ts"
export { DeviceAuthorization } from "./DeviceAuthorization.ts"
export type { Options as DeviceAuthorizationOptions } from "./DeviceAuthorization.ts"
export type { DeviceCode } from "./DeviceCode.ts"
export type { Dialect } from "./Dialect.ts"
export * as FileSystemKind from "./FileSystemKind.ts"
export { OAuthError } from "./OAuthError.ts"
export * as OAuthErrors from "./OAuthErrors.ts"
export * as OAuthTokens from "./OAuthTokens.ts"
export * as Pairing from "./Pairing.ts"
export * as Polling from "./Polling.ts"
export * as ProcessLock from "./ProcessLock.ts"
export * as RefreshMeaning from "./RefreshMeaning.ts"
export { RefreshUncertain } from "./RefreshUncertain.ts"
export { TokenSet } from "./TokenSet.ts"
export { TokenStore } from "./TokenStore.ts"
export {
  TokensCorrupt,
  TokensLocked,
  TokenStoreError,
  TokensUnreadable,
  TokensUnusable,
  TokensUnwritable,
} from "./TokenStoreError.ts"
