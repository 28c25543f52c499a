/**
 * Rules for applications whose registration does not match the request.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { means, named, rfc, shown, statedIn, surety, topic, word } from "../rule.ts"

const rule = topic("client")
const stated = statedIn("client")

const entra = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
const slack = "https://docs.slack.dev/reference/methods/oauth.v2.access"
const google = "https://developers.google.com/identity/protocols/oauth2/web-server#authorization-errors"

const unknown = stated({
  code: "HF-OAUTH-CLIENT-007",
  title: "The server does not know this application: the client id is wrong, or belongs to another tenant or directory",
  explanation:
    "No application with this client id is registered at the server. The id has a typo, was deleted, or belongs to " +
    "another environment; or the request went to another tenant (directory, realm, organization) than the one with " +
    "the registration.",
  fix: [
    { text: "compare the client id with the registration, character by character", safety: "check first" },
    { text: "compare the tenant in the address with the one that has the registration", safety: "check first" },
  ],
  change: "human",
  links: [entra, slack],
  rivals: [],
  soleCause: entra,
  about: ["client_id"],
  details: { clientUnknown: "There is no application with this client id in the requested directory." },
})

const secretMissing = rule({
  code: "HF-OAUTH-CLIENT-008",
  title: "The client is confidential and has to send its secret or an assertion, which the request lacks",
  explanation:
    "The application is registered as a confidential client, so every token request has to prove its identity: " +
    "with a client_secret, with credentials in the Authorization header, or with a signed assertion. A device or " +
    "desktop program that cannot keep a secret must be registered as a public client instead (Entra: Allow public " +
    "client flows).",
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
        : `The server requires a client secret or assertion. ${named(facts)}`,
      evidence: [...word(facts), ...shown(facts.field("client_id")), ...shown(secret)],
      about: ["client_secret", "client_assertion"],
    })
  },
})

const isPublic = stated({
  code: "HF-OAUTH-CLIENT-009",
  title: "The client is public, so it must send neither a client secret nor an assertion",
  explanation:
    "The application is registered as a public client: a program on a device, which cannot keep a secret. The " +
    "server rejects a request that contains one anyway. Libraries send the secret because an empty or left-over " +
    "value is configured.",
  fix: [
    { text: "remove client_secret and client_assertion from the request", safety: "check first" },
    { text: "or register the application as a confidential client (Entra: platform Web)", safety: "check first" },
  ],
  change: "plan",
  links: [entra, rfc(6749, "2.1")],
  rivals: [],
  soleCause: entra,
  about: ["client_secret", "client_assertion"],
  details: { clientPublic: "The request presents a secret or an assertion, and the client is registered as public." },
})

const secretExpired = stated({
  code: "HF-OAUTH-CLIENT-010",
  title: "The client secret has expired",
  explanation:
    "Client secrets expire at a date that was chosen when they were created. The value is correct but no longer " +
    "accepted.",
  fix: [{ text: "create a new secret in the application's registration, and deploy it", safety: "check first" }],
  change: "human",
  links: [entra],
  rivals: [],
  soleCause: entra,
  about: ["client_secret"],
  details: { secretExpired: "The client secret is past its expiry." },
})

const disabled = stated({
  code: "HF-OAUTH-CLIENT-011",
  title: "The application was disabled, suspended or deleted at the provider",
  explanation:
    "The provider or an administrator has disabled the application: its registration still exists but gets no " +
    "tokens. All its sign-ins fail in the same way.",
  fix: [{ text: "check the application's registration, and ask its owner or the provider", safety: "check first" }],
  change: "human",
  links: [entra, google],
  rivals: [],
  soleCause: entra,
  about: ["client_id"],
  details: { clientDisabled: "The application is known but disabled." },
})

const platform = stated({
  code: "HF-OAUTH-CLIENT-012",
  title: "The application is registered for another platform: web, single-page, device or native",
  explanation:
    "Providers bind a client or its redirect address to a platform. The code of a single-page application (SPA) " +
    "can be redeemed only from a browser with an Origin header, that of a web application only by a server. Google " +
    "issues device codes only to clients of the type TVs and Limited Input devices.",
  fix: [
    {
      text: "register the redirect address, or a new client, for the program's platform",
      safety: "check first",
    },
    { text: "Entra: platform Web for a server, Single-page application for a browser", safety: "check first" },
  ],
  change: "human",
  links: [entra, "https://developers.google.com/identity/protocols/oauth2/limited-input-device#errors"],
  rivals: [],
  soleCause: entra,
  about: ["redirect_uri", "client_id"],
  details: { platform: "The platform of the program differs from the registered one." },
})

const noCredentials = stated({
  code: "HF-OAUTH-CLIENT-014",
  title: "The program found no credentials for a token request in any of the places where it looks",
  explanation:
    "No server rejected anything. A credential chain (DefaultAzureCredential) tries environment variables, " +
    "workload and managed identity, and a developer's signed-in tools one after the other, and none was present or " +
    "usable: a variable is missing, the machine has no managed identity (no response from the metadata service, " +
    "IMDS), or the developer did not run az login.",
  fix: [
    { text: "read what the message says about each credential, and provide the intended one", safety: "check first" },
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

const noRegistration = stated({
  code: "HF-OAUTH-CLIENT-015",
  title: "The client has no id of its own, and the server lets no client register itself (dynamic client registration)",
  explanation:
    "A client of many servers, such as an MCP client, registers itself at the address in the server's metadata " +
    "(registration_endpoint). The metadata of Google, Microsoft Entra, GitHub, Okta and Amazon Cognito has none, " +
    "so the client cannot begin a sign-in before it gets the id of a client that was registered by hand.",
  fix: [
    {
      text: "register a client at the sign-in server by hand, and configure its id (and secret) in the program",
      safety: "check first",
    },
    {
      text: "or put a proxy that offers registration before the server, or sign in with a token",
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
      "The metadata of the sign-in server has no registration_endpoint, and the client has no configured client id.",
  },
})

/** All rules of this topic. */
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
