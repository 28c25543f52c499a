/**
 * The one client that the sandbox knows. The identifier is that of Frame.io's examples.
 */
import * as Redacted from "effect/Redacted"

export const clientId = "Some-Client-ID"

/** Anything else answers `invalid_client`, as `bad_secret` does in Frame.io's examples. */
export const clientSecret: Redacted.Redacted<string> = Redacted.make("sandbox-client-secret", {
  label: "client secret",
})
