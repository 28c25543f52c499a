/**
 * Where an answer goes, and which API a token is for.
 */
import { rfc, statedIn } from "../rule.ts"

const stated = statedIn("request")
const entra = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
const github =
  "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors"

/** Redirects. */
const redirect = stated({
  code: "HF-OAUTH-REQUEST-012",
  title: "The redirect_uri is not a registered one, or not the one of this sign-in",
  explanation:
    "The redirect address is compared letter by letter: scheme, host, port, path and the slash at its end. It has to be one that is " +
    "registered for the client, and with a code the same one as in the request that brought the code.",
  fix: [
    { text: "register the redirect_uri exactly as it is sent, or send a registered one", safety: "check first" },
    { text: "send the same redirect_uri with the code as before", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(6749, "4.1.3"), github, entra],
  rivals: [],
  soleCause: github,
  about: ["redirect_uri"],
  details: { redirect: "The redirect address of the request does not match." },
})

/** Audiences and resources. */
const audience = stated({
  code: "HF-OAUTH-REQUEST-013",
  title: "The audience or resource that the token is for is unknown to the server, or not open to this client",
  explanation:
    "A token is asked for an API, by audience, by resource or by the prefix of its scopes. The identifier has to be exactly that of an API " +
    "that is registered with this tenant, and the client needs access to it.",
  fix: [
    {
      text: "compare the audience, resource or scope with the identifier of the API, letter by letter",
      safety: "check first",
    },
    { text: "let an administrator grant the client access to the API", safety: "check first" },
  ],
  change: "plan",
  links: [rfc(8707, "2"), entra, "https://auth0.com/docs/get-started/apis/api-settings"],
  rivals: [],
  soleCause: rfc(8707, "2"),
  about: ["audience", "resource", "scope"],
  details: {
    audience: "No API with this identifier (audience, resource) is registered here, or the client may not use it.",
  },
})

/** The rules. */
export const target = [redirect, audience] as const
