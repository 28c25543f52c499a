/**
 * The client credentials that the sandbox accepts. The identifier is the one used in Frame.io's examples.
 */
import * as Redacted from "effect/Redacted"

export const clientId = "Some-Client-ID"

/** Any other client receives `invalid_client`, as `bad_secret` does in Frame.io's examples. */
export const clientSecret: Redacted.Redacted<string> = Redacted.make("sandbox-client-secret", {
  label: "client secret",
})
