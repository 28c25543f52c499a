/**
 * The defects of a sign-in: in the request, in the server's state, and in transit.
 */
import type { Kind, Step } from "./steps.ts"
import { setField, type Defect, type World } from "./World.ts"

const kinds =
  (...those: ReadonlyArray<Kind>) =>
  ({ kind }: World): boolean =>
    those.includes(kind)

/** Servers whose error texts differ from the standard ones and are not all known. */
const speaks = (world: World, step: Step): boolean =>
  !["trakt", "facebook", "twitch", "slack", "github"].includes(world.dialect.name) ||
  world.dialect.words[step] !== undefined

const fail =
  (step: Step) =>
  ({ fails }: World): void => {
    fails.add(step)
  }

const state = (name: string, step: Step, codes: ReadonlyArray<string>, ...those: ReadonlyArray<Kind>): Defect => ({
  name,
  codes,
  fits: (world) => kinds(...those)(world) && speaks(world, step),
  before: fail(step),
})

/** Restricts a defect to dialects whose text for it is documented. */
const of = (dialect: string, defect: Defect): Defect => ({
  ...defect,
  fits: (world) => world.dialect.name === dialect && defect.fits(world),
})

const token = kinds("poll", "refresh", "client")
const withForm = kinds("poll", "refresh", "client", "device", "revoke")
/** Servers that follow RFC 6749 strictly: they check for missing parts of the request first. */
const strict = (world: World): boolean =>
  ["oauth", "entra", "google", "gitlab", "okta", "auth0", "keycloak", "adobe"].includes(world.dialect.name)

export const defects: ReadonlyArray<Defect> = [
  state("not-approved-yet", "pending", ["HF-OAUTH-DEVICE-001"], "poll"),
  state("polled-too-fast", "slowDown", ["HF-OAUTH-DEVICE-002", "HF-HTTP-LIMIT-005"], "poll"),
  state("device-code-expired", "codeExpired", ["HF-OAUTH-DEVICE-004"], "poll"),
  state("declined", "declined", ["HF-OAUTH-DEVICE-005"], "poll"),
  state("device-code-used", "codeUnknown", ["HF-OAUTH-GRANT-002", "HF-OAUTH-GRANT-001"], "poll"),
  state("refresh-token-spent", "refreshSpent", ["HF-OAUTH-GRANT-003", "HF-OAUTH-GRANT-001"], "refresh"),
  state(
    "client-unknown",
    "clientUnknown",
    ["HF-OAUTH-CLIENT-002", "HF-OAUTH-CLIENT-003", "HF-OAUTH-CLIENT-005", "HF-OAUTH-CLIENT-007"],
    "poll",
    "refresh",
    "client",
  ),
  {
    ...state(
      "secret-wrong",
      "secretWrong",
      ["HF-OAUTH-CLIENT-002", "HF-OAUTH-CLIENT-005"],
      "refresh",
      "client",
      "poll",
    ),
    fits: (world) => token(world) && world.dialect.secret && speaks(world, "secretWrong"),
  },
  state("grant-not-allowed", "notAllowed", ["HF-OAUTH-CLIENT-006", "HF-OAUTH-DEVICE-006"], "poll"),
  state("token-expired", "bearerExpired", ["HF-OAUTH-BEARER-003"], "api"),
  state("token-without-scope", "bearerScope", ["HF-OAUTH-BEARER-004", "HF-HTTP-API-003"], "api"),
  state(
    "server-failed",
    "failed",
    ["HF-OAUTH-SERVER-001", "HF-HTTP-STATUS-006"],
    "poll",
    "refresh",
    "client",
    "device",
  ),
  state(
    "server-unavailable",
    "unavailable",
    ["HF-OAUTH-SERVER-002", "HF-HTTP-BOX-002"],
    "poll",
    "refresh",
    "client",
    "device",
  ),
  state(
    "too-many-requests",
    "limited",
    ["HF-OAUTH-SERVER-006", "HF-OAUTH-DEVICE-003", "HF-HTTP-LIMIT-005"],
    "refresh",
    "client",
    "device",
  ),
  state("revocation-of-this-type", "revokeType", ["HF-OAUTH-SERVER-005"], "revoke"),
  of("entra", state("second-factor-wanted", "secondFactor", ["HF-OAUTH-ACCOUNT-001"], "refresh", "poll")),
  of("entra", state("blocked-by-policy", "policy", ["HF-OAUTH-ACCOUNT-002"], "refresh", "poll")),
  of("entra", state("no-consent", "consent", ["HF-OAUTH-ACCOUNT-003"], "refresh", "poll")),
  of("entra", state("secret-not-sent", "secretNotSent", ["HF-OAUTH-CLIENT-008"], "refresh", "poll", "client")),
  {
    ...of("entra", state("secret-not-wanted", "secretNotWanted", ["HF-OAUTH-CLIENT-009"], "refresh", "poll")),
    after: (asked, { secret }) => setField(asked, "client_secret", secret),
  },
  {
    ...of("entra", state("secret-expired", "secretExpired", ["HF-OAUTH-CLIENT-010"], "client")),
    after: (asked, { secret }) => setField(asked, "client_secret", secret),
  },
  of("entra", state("refresh-token-inactive", "refreshInactive", ["HF-OAUTH-GRANT-003"], "refresh")),
  of("oauth", state("audience-other", "audience", ["HF-OAUTH-BEARER-005"], "api")),
  {
    name: "json-for-a-form",
    codes: ["HF-OAUTH-REQUEST-001"],
    fits: (world) => withForm(world) && strict(world),
    after: (asked) => {
      asked.encoding = "json"
      asked.headers = asked.headers.map(([name, value]) => [name, name === "Content-Type" ? "application/json" : value])
    },
  },
  {
    name: "parameter-twice",
    codes: ["HF-OAUTH-REQUEST-002"],
    fits: (world) => token(world) && world.dialect.name === "oauth",
    apart: ["json-for-a-form"],
    after: ({ fields }, { random }) => {
      const one = random.pick(fields)
      fields.push([one[0], one[1]])
    },
  },
  {
    name: "grant-type-missing",
    codes: ["HF-OAUTH-REQUEST-003"],
    fits: (world) => token(world) && strict(world),
    after: (asked) => setField(asked, "grant_type", undefined),
  },
  {
    name: "grant-type-misspelt",
    codes: ["HF-OAUTH-REQUEST-007"],
    fits: (world) => token(world) && strict(world),
    after: (asked, { random }) =>
      setField(asked, "grant_type", random.pick(["refresh", "device_code_", "urn:ietf:device"])),
  },
  {
    name: "client-id-missing",
    codes: ["HF-OAUTH-REQUEST-004"],
    fits: (world) => token(world) && strict(world),
    after: (asked) => setField(asked, "client_id", undefined),
  },
  {
    name: "device-code-missing",
    codes: ["HF-OAUTH-REQUEST-005"],
    fits: (world) => kinds("poll")(world) && strict(world),
    after: (asked) => setField(asked, "device_code", undefined),
  },
  {
    name: "refresh-token-missing",
    codes: ["HF-OAUTH-REQUEST-006"],
    fits: (world) => kinds("refresh")(world) && strict(world),
    after: (asked) => setField(asked, "refresh_token", undefined),
  },
  {
    name: "refresh-token-with-line-break",
    codes: ["HF-OAUTH-GRANT-006"],
    fits: (world) => kinds("refresh")(world) && strict(world),
    after: (asked, { fails, refreshToken }) => {
      setField(asked, "refresh_token", `${refreshToken}\n`)
      fails.add("refreshSpent")
    },
  },
  {
    name: "scope-unknown",
    codes: ["HF-OAUTH-REQUEST-008"],
    fits: (world) => kinds("client", "refresh")(world) && strict(world),
    after: (asked, { fails }) => {
      setField(asked, "scope", "everything")
      fails.add("scope")
    },
  },
  {
    name: "client-proves-itself-twice",
    codes: ["HF-OAUTH-CLIENT-001"],
    fits: (world) => token(world) && world.dialect.name === "oauth",
    apart: ["client-id-missing"],
    after: ({ headers }, { clientId, fails, secret }) => {
      headers.push(["Authorization", `Basic ${Buffer.from(`${clientId}:${secret}`).toString("base64")}`])
      fails.add("twoProofs")
    },
  },
  {
    name: "method-get",
    codes: ["HF-OAUTH-REQUEST-009"],
    fits: (world) => token(world) && strict(world),
    after: (asked) => {
      asked.method = "GET"
    },
  },
  {
    name: "path-misspelt",
    codes: ["HF-OAUTH-SERVER-004", "HF-HTTP-STATUS-003"],
    fits: (world) => token(world) && strict(world),
    after: (asked) => {
      asked.url = `${asked.url}s`
    },
  },
  {
    name: "no-bearer",
    codes: ["HF-OAUTH-BEARER-001"],
    fits: (world) => kinds("api")(world) && speaks(world, "bearerMissing"),
    after: (asked) => {
      asked.headers = asked.headers.filter(([name]) => name !== "Authorization")
    },
  },
  {
    name: "bearer-without-its-word",
    codes: ["HF-OAUTH-BEARER-002"],
    fits: (world) => kinds("api")(world) && strict(world),
    apart: ["no-bearer"],
    after: (asked, { accessToken }) => {
      asked.headers = asked.headers.map(([name, value]) => [name, name === "Authorization" ? accessToken : value])
    },
  },
  {
    name: "answer-lost",
    codes: ["HF-OAUTH-SERVER-003", "HF-HTTP-NET-003", "HF-HTTP-NET-005", "HF-HTTP-NET-002"],
    fits: token,
    before: (world) => {
      world.failure = world.random.pick(["ECONNRESET", "UND_ERR_SOCKET", "UND_ERR_HEADERS_TIMEOUT"])
    },
  },
  {
    name: "name-unknown",
    codes: ["HF-HTTP-DNS-001"],
    fits: token,
    apart: ["answer-lost"],
    before: (world) => {
      world.failure = "ENOTFOUND"
    },
    after: (asked) => {
      asked.url = asked.url.replace("https://", "https://no-such-host.")
    },
  },
]
