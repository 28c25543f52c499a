/**
 * Applications that are not registered as the request needs them.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { means, named, rfc, shown, statedIn, surety, topic, word } from "../rule.ts"

const rule = topic("client")
const stated = statedIn("client")

const entra = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
const slack = "https://docs.slack.dev/reference/methods/oauth.v2.access"
const google = "https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors"

/** Unknown. */
const unknown = stated({
  code: "HF-OAUTH-CLIENT-007",
  title: "The server does not know this application: the client id is wrong, or of another tenant or directory",
  explanation:
    "No application with this client id is registered where the request was sent. The id has a typo or was deleted, it is that of another " +
    "environment, or the request went to another tenant (directory, realm, organization) than the one with the registration.",
  fix: [
    { text: "compare the client id with the registration, letter by letter", safety: "check first" },
    { text: "compare the tenant in the address with the one that has the registration", safety: "check first" },
  ],
  change: "human",
  links: [entra, slack],
  rivals: [],
  soleCause: entra,
  about: ["client_id"],
  details: { clientUnknown: "There is no application with this client id in the directory that was asked." },
})

/** No secret. */
const secretMissing = rule({
  code: "HF-OAUTH-CLIENT-008",
  title: "The client is confidential and has to send its secret or an assertion, which the request lacks",
  explanation:
    "The application is registered as a confidential client, so every request for tokens has to prove it: with a client_secret, with " +
    "credentials in the Authorization header, or with a signed assertion. A device or desktop program that cannot keep a secret has to be " +
    "registered as a public client instead (Entra: Allow public client flows).",
  fix: [
    { text: "send the client secret or a client assertion", safety: "check first" },
    { text: "or register the application as a public client, if it cannot keep a secret", safety: "check first" },
  ],
  change: "human",
  links: [entra, rfc(6749, "3.2.1")],
  rivals: ["HF-OAUTH-REQUEST-001", "HF-OAUTH-REQUEST-002", "HF-OAUTH-REQUEST-009"],
  find: (facts) => {
    if (!means(facts, "secretMissing")) return undefined
    const secret = facts.field("client_secret")
    const sent = (secret?.value ?? "") !== "" || facts.header("authorization") !== undefined
    return found({
      confidence: sent ? "possible" : facts.hasRequest ? surety(facts) : "likely",
      detail: sent
        ? `The request has credentials, and the server did not read them. ${named(facts)}`
        : `The server wants a client secret or assertion. ${named(facts)}`,
      evidence: [...word(facts), ...shown(facts.field("client_id")), ...shown(secret)],
      about: ["client_secret", "client_assertion"],
    })
  },
})

/** A secret too many. */
const isPublic = stated({
  code: "HF-OAUTH-CLIENT-009",
  title: "The client is public, so it must send no client secret and no assertion",
  explanation:
    "The application is registered as a public client: a program on a device, which cannot keep a secret. The server refuses a request that " +
    "brings one all the same. Libraries send the secret because an empty or left-over value is configured.",
  fix: [
    { text: "leave client_secret and client_assertion out of the request", safety: "check first" },
    { text: "or register the application as a confidential client (Entra: platform Web)", safety: "check first" },
  ],
  change: "plan",
  links: [entra, rfc(6749, "2.1")],
  rivals: [],
  soleCause: entra,
  about: ["client_secret", "client_assertion"],
  details: { clientPublic: "The request presents a secret or an assertion, and the client is registered as public." },
})

/** An old secret. */
const secretExpired = stated({
  code: "HF-OAUTH-CLIENT-010",
  title: "The client secret has expired",
  explanation:
    "Secrets of applications end at the date that was chosen when they were made. The value is right and no longer accepted.",
  fix: [{ text: "make a new secret in the application's registration, and deploy it", safety: "check first" }],
  change: "human",
  links: [entra],
  rivals: [],
  soleCause: entra,
  about: ["client_secret"],
  details: { secretExpired: "The time of the client secret is over." },
})

/** Switched off. */
const disabled = stated({
  code: "HF-OAUTH-CLIENT-011",
  title: "The application was disabled, suspended or deleted at the provider",
  explanation:
    "The provider or an administrator switched the application off: its registration is still known, and gets no tokens. All its sign-ins " +
    "fail alike.",
  fix: [{ text: "look at the application's registration, and ask its owner or the provider", safety: "check first" }],
  change: "human",
  links: [entra, google],
  rivals: [],
  soleCause: entra,
  about: ["client_id"],
  details: { clientDisabled: "The application is known, and switched off." },
})

/** Another kind of application. */
const platform = stated({
  code: "HF-OAUTH-CLIENT-012",
  title: "The application is registered for another platform: web, single-page, device or native",
  explanation:
    "Providers bind a client or its redirect address to a platform. The code of a single-page application (SPA) is redeemed only from a " +
    "browser with an Origin header, that of a web application only by a server; Google gives device codes only to clients of the type TVs " +
    "and Limited Input devices.",
  fix: [
    {
      text: "register the redirect address, or a new client, for the platform that the program is",
      safety: "check first",
    },
    { text: "Entra: platform Web for a server, Single-page application for a browser", safety: "check first" },
  ],
  change: "human",
  links: [entra, "https://developers.google.com/identity/protocols/oauth2/limited-input-device#errors"],
  rivals: [],
  soleCause: entra,
  about: ["redirect_uri", "client_id"],
  details: { platform: "The kind of program that sent the request is not the one that is registered." },
})

/** Nothing to ask with. */
const noCredentials = stated({
  code: "HF-OAUTH-CLIENT-014",
  title: "The program found no credentials with which it could ask for a token, in any of the places where it looks",
  explanation:
    "No server refused anything. A chain of credentials (DefaultAzureCredential) tries environment variables, workload and managed identity, " +
    "and the signed-in tools of a developer one after the other, and none was there or usable: a variable is missing, the machine has no " +
    "managed identity (no answer of the metadata service, IMDS), or the developer did not run az login.",
  fix: [
    { text: "read what the message says of each credential, and provide the one that is meant", safety: "check first" },
    {
      text: "on a developer's machine sign in with the tool (az login); on Azure assign a managed identity",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://learn.microsoft.com/dotnet/azure/sdk/authentication/credential-chains"],
  rivals: [],
  soleCause: "https://learn.microsoft.com/dotnet/azure/sdk/authentication/credential-chains",
  most: "likely",
  details: { noCredentials: "None of the credentials that the library tries was available." },
})

/** Registration by the client itself. */
const noRegistration = stated({
  code: "HF-OAUTH-CLIENT-015",
  title: "The client has no id of its own, and the server lets no client register itself (dynamic client registration)",
  explanation:
    "A client of many servers, as those of MCP are, registers itself at the address that the server's metadata name (registration_endpoint). " +
    "Those of Google, Microsoft Entra, GitHub, Okta or Amazon Cognito name none, so the client cannot begin a sign-in before it is given the id " +
    "of a client that was registered by hand.",
  fix: [
    {
      text: "register a client at the sign-in server by hand, and give its id (and secret) to the program",
      safety: "check first",
    },
    {
      text: "or put a proxy before the server that offers registration, or sign in with a token",
      safety: "check first",
    },
  ],
  change: "human",
  links: [rfc(7591, "3"), "https://modelcontextprotocol.io/specification/draft/basic/authorization"],
  rivals: [],
  soleCause: rfc(8414, "2"),
  most: "likely",
  details: {
    noRegistration:
      "The metadata of the sign-in server name no registration_endpoint, and the client was given no client id.",
  },
})

/** The rules. */
export const application = [
  unknown,
  secretMissing,
  isPublic,
  secretExpired,
  disabled,
  platform,
  noCredentials,
  noRegistration,
] as const
