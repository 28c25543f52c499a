/**
 * The one client that the sandbox knows. The identifier is the one in the guide's examples.
 */
import * as Redacted from "effect/Redacted"

export const clientId = "Some-Client-ID"

/** Anything else answers `invalid_client`, as the guide's `bad_secret` does. */
export const clientSecret: Redacted.Redacted<string> = Redacted.make("sandbox-client-secret", {
  label: "client secret",
})
