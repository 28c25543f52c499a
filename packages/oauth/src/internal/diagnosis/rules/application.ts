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
  title:
    "The server does not recognize this application: the client id is wrong, or belongs to another tenant or directory",
  explanation:
    "No application with this client id is registered with the server. The id may contain a typo, belong to a " +
    "deleted application, or come from another environment. Alternatively, the request went to a different tenant " +
    "(directory, realm, organization) than the one in which the application is registered.",
  fix: [
    { text: "compare the client id with the registration, character by character", safety: "check first" },
    {
      text: "compare the tenant in the address with the tenant in which the application is registered",
      safety: "check first",
    },
  ],
  change: "human",
  links: [entra, slack],
  rivals: [],
  soleCause: entra,
  about: ["client_id"],
  details: { clientUnknown: "The requested directory does not contain an application with this client id." },
})

const secretMissing = rule({
  code: "HF-OAUTH-CLIENT-008",
  title: "The client is confidential and must send its secret or an assertion, but the request contains neither",
  explanation:
    "The application is registered as a confidential client, so every token request must prove the identity of the " +
    "client. The request can contain a client_secret, credentials in the Authorization header, or a signed " +
    "assertion. A device or desktop program that cannot keep a secret must be registered as a public client " +
    "instead (Entra: Allow public client flows).",
  fix: [
    { text: "send the client secret or a client assertion", safety: "check first" },
    {
      text: "alternatively, if the application cannot keep a secret, register it as a public client",
      safety: "check first",
    },
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
        ? `The request contains credentials, but the server did not read them. ${named(facts)}`
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
    "The application is registered as a public client, such as a program on a device that cannot keep a secret. " +
    "The server rejects any request from a public client that contains a secret. Libraries send the secret if an " +
    "empty or leftover value is configured.",
  fix: [
    { text: "remove client_secret and client_assertion from the request", safety: "check first" },
    {
      text: "alternatively, register the application as a confidential client (Entra: platform Web)",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [entra, rfc(6749, "2.1")],
  rivals: [],
  soleCause: entra,
  about: ["client_secret", "client_assertion"],
  details: { clientPublic: "The request contains a secret or an assertion, but the client is registered as public." },
})

const secretExpired = stated({
  code: "HF-OAUTH-CLIENT-010",
  title: "The client secret has expired",
  explanation:
    "A client secret expires on the date that was chosen when it was created. The secret is correct but no longer " +
    "accepted.",
  fix: [{ text: "create a new secret in the application's registration, and deploy it", safety: "check first" }],
  change: "human",
  links: [entra],
  rivals: [],
  soleCause: entra,
  about: ["client_secret"],
  details: { secretExpired: "The client secret has passed its expiry date." },
})

const disabled = stated({
  code: "HF-OAUTH-CLIENT-011",
  title: "The application was disabled, suspended or deleted at the provider",
  explanation:
    "The provider or an administrator has disabled, suspended or deleted the application, so the application " +
    "cannot obtain tokens. All sign-ins to the application fail in the same way.",
  fix: [
    {
      text: "check the application's registration, and ask its owner or the provider why it is disabled",
      safety: "check first",
    },
  ],
  change: "human",
  links: [entra, google],
  rivals: [],
  soleCause: entra,
  about: ["client_id"],
  details: {
    clientDisabled: "The server recognizes the application, but the application is disabled, suspended or deleted.",
  },
})

const platform = stated({
  code: "HF-OAUTH-CLIENT-012",
  title: "The application is registered for another platform: web, single-page, device or native",
  explanation:
    "Providers bind a client or its redirect address to a platform. The platform determines who can redeem an " +
    "authorization code. A browser with an Origin header must redeem the code of a single-page application (SPA), " +
    "and a server must redeem the code of a web application. Google issues device codes only to clients of the " +
    "type TVs and Limited Input devices.",
  fix: [
    {
      text: "register the redirect address, or a new client, for the program's platform",
      safety: "check first",
    },
    {
      text: "in Entra, use the platform Web for a server and Single-page application for a browser",
      safety: "check first",
    },
  ],
  change: "human",
  links: [entra, "https://developers.google.com/identity/protocols/oauth2/limited-input-device#errors"],
  rivals: [],
  soleCause: entra,
  about: ["redirect_uri", "client_id"],
  details: { platform: "The program runs on a different platform than the registered one." },
})

const noCredentials = stated({
  code: "HF-OAUTH-CLIENT-014",
  title: "The program did not find credentials for a token request in any of the places that it searched",
  explanation:
    "The failure did not come from a server. A credential chain (DefaultAzureCredential) tries several sources in " +
    "order. The sources are environment variables, workload and managed identity, and a developer's signed-in " +
    "tools; none was available or usable. For example, an environment variable is missing, or the machine has no " +
    "managed identity (no response from the metadata service, IMDS). On a developer's machine, the developer may " +
    "not have run az login.",
  fix: [
    {
      text: "read the error for each credential in the message, and configure the intended credential",
      safety: "check first",
    },
    {
      text: "on a developer's machine, sign in with the tool (az login); on Azure, assign a managed identity",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://learn.microsoft.com/dotnet/azure/sdk/authentication/credential-chains"],
  rivals: [],
  soleCause: "https://learn.microsoft.com/dotnet/azure/sdk/authentication/credential-chains",
  most: "likely",
  details: { noCredentials: "None of the credentials that the library tried was available." },
})

const noRegistration = stated({
  code: "HF-OAUTH-CLIENT-015",
  title: "The client has no client id, and the server does not support dynamic client registration",
  explanation:
    "A client that connects to many servers, such as an MCP client, registers itself at the address in the " +
    "server's metadata (registration_endpoint). The metadata from Google, Microsoft Entra, GitHub, Okta and Amazon " +
    "Cognito does not contain this endpoint. A client must therefore be registered manually, and its id must be " +
    "configured, before a sign-in can begin.",
  fix: [
    {
      text: "register a client with the sign-in server manually, and configure its id (and secret) in the program",
      safety: "check first",
    },
    {
      text: "alternatively, put a proxy that supports client registration in front of the server, or sign in with a token",
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

/** All rules for applications whose registration does not match the request. */
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
