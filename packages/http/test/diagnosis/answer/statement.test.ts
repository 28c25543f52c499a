import { describe, expect, it } from "vitest"
import { statementIn as read } from "@holdfast/http/Diagnosis"

const stated = (text: string) => {
  const found = read(text)
  return found === undefined ? undefined : `${found.subject ?? "-"} / ${found.predicate}`
}

describe("the grammar of rejections", () => {
  it.each([
    ["The token has expired", "the token / expired"],
    ["oidc: token is expired (Token Expiry: 2026-01-01)", "the token / expired"],
    ["Session value state missing.", "the sign-in state / missing"],
    ["callback URL is not approved for this client application", "the redirect URI / pending"],
    ["The access key is disabled", "the access key / disabled"],
    ["Failed to parse Content-Range header", "the range / invalid"],
    ['expected audience "media" got ["photos"]', "the audience of the token / mismatch"],
    ["No JWT presented: Expected 3 parts in JWT; got 1", "the access token / mismatch"],
    ["Transaction cap exceeded", "the quota / quota"],
    ["new row violates row-level security policy", "the row-level security policy / permission"],
    ["Unexpected code_verifier with Flow Hybrid", "the PKCE code verifier / invalid"],
    ["chat not found", "the channel / absent"],
    ["Precondition check failed.", "- / invalid"],
  ])("reads %j as %s", (text, expected) => {
    expect(stated(text)).toBe(expected)
  })

  it.each([
    "403 Forbidden",
    "Method Not Allowed",
    "Internal Server Error",
    "The upload is complete.",
    "The token has not expired",
    "unknown error",
    "",
  ])("does not find a statement in %j", (text) => {
    expect(stated(text)).toBeUndefined()
  })

  it("reads the most specific clause of a message, wherever it appears in the message", () => {
    expect(read("Request failed. The redirect_uri does not match the registered one. Contact support.")).toMatchObject({
      subject: "the redirect URI",
      predicate: "mismatch",
      clause: "The redirect_uri does not match the registered one",
    })
  })

  it("uses the noun from the message to describe a general subject", () => {
    expect(read("The folder does not exist")?.noun).toBe("the folder")
    expect(read("redirect_uri_mismatch: the redirect_uri does not match")?.noun).toBe("the redirect URI")
  })
})
