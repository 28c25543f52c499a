/**
 * A real OpenID provider with the device flow, rotating refresh tokens, and its own approval pages.
 */
import { Effect, type Scope } from "effect"
import { generateKeyPairSync, randomBytes } from "node:crypto"
import { type Context, Provider } from "oidc-provider"
import * as Peer from "../processes/Peer.ts"

/** A request to the token endpoint and its response. */
export interface TokenExchange {
  readonly grant: string
  readonly status: number
  /** The error code; empty for tokens. */
  readonly error: string
  /** When the request arrived, in monotonic milliseconds. */
  readonly at: number
}

/** A running provider. */
export interface OidcProvider {
  readonly issuer: string
  readonly deviceEndpoint: string
  readonly tokenEndpoint: string
  readonly revokeEndpoint: string
  /** All exchanges of the token endpoint so far. */
  readonly exchanges: ReadonlyArray<TokenExchange>
  /** Waits until the token endpoint has returned this error. */
  readonly answered: (error: string) => Effect.Effect<void>
  /** The user of an access token according to the provider, or `undefined`. */
  readonly subject: (accessToken: string) => Effect.Effect<string | undefined>
  /** Whether an access token is valid according to the provider (RFC 7662). */
  readonly active: (accessToken: string) => Effect.Effect<boolean>
}

/** The options of a provider. */
export interface Options {
  /** The lifetime of a device code in seconds. Default: 10 minutes. */
  readonly codeLifetime?: number
  /** The lifetime of a token for client credentials, in seconds. Default: an hour. */
  readonly clientTokenLifetime?: number
  /**
   * The number, from 1, of the poll that is answered with `slow_down`. The library defines the error but never returns it. From
   * then on a poll within 6 s is too early: the interval of 1 s plus the 5 s of RFC 8628.
   */
  readonly slowDownAt?: number
}

/** The polling interval of the provider, in seconds. */
const interval = 1

/** The grant type of a poll (RFC 8628 section 3.4). */
export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

/** A client with all permissions. */
export const camera = { clientId: "camera", clientSecret: "camera-secret-of-the-tests", scope: "openid offline_access" }

/** A client that may not use the device flow. */
export const desktop = { clientId: "desktop", clientSecret: "desktop-secret-of-the-tests" }

/** A client that authenticates with the Authorization header. */
export const kiosk = { clientId: "kiosk", clientSecret: "kiosk-secret-of-the-tests" }

/** Starts a provider on a free port of 127.0.0.1; it ends with the scope. */
export const start = (options: Options = {}): Effect.Effect<OidcProvider, never, Scope.Scope> =>
  Effect.gen(function* () {
    const [port = 0] = yield* Effect.promise(() => Peer.freePorts(1))
    const issuer = `http://127.0.0.1:${port}`
    const exchanges: Array<TokenExchange> = []
    const provider = new Provider(issuer, configuration(options))
    provider.use(recorded(exchanges, options))
    yield* Effect.acquireRelease(
      Effect.callback<ReturnType<Provider["listen"]>>((resume) => {
        const server = provider.listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.promise(() => {
          const closed = new Promise((resolve) => server.close(resolve))
          server.closeAllConnections()
          return closed
        }),
    )
    return {
      issuer,
      deviceEndpoint: `${issuer}/device/auth`,
      tokenEndpoint: `${issuer}/token`,
      revokeEndpoint: `${issuer}/token/revocation`,
      exchanges,
      answered: (error) =>
        Effect.promise(() =>
          Peer.until(() => (exchanges.some((exchange) => exchange.error === error) ? true : undefined), {
            what: `waiting for ${error}`,
            seconds: 20,
          }),
        ),
      subject: (accessToken) =>
        Effect.promise(async () => {
          const response = await fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${accessToken}` } })
          const { sub } = (await response.json()) as { readonly sub?: string }
          return sub
        }),
      active: (accessToken) =>
        Effect.promise(async () => {
          const basic = btoa(`${kiosk.clientId}:${kiosk.clientSecret}`)
          const response = await fetch(`${issuer}/token/introspection`, {
            method: "POST",
            headers: { authorization: `Basic ${basic}` },
            body: new URLSearchParams({ token: accessToken }),
          })
          const { active } = (await response.json()) as { readonly active?: boolean }
          return active === true
        }),
    }
  })

const configuration = ({ clientTokenLifetime = 3600, codeLifetime = 600 }: Options) => {
  const client = (id: string, secret: string, grants: ReadonlyArray<string>, method = "client_secret_post") => ({
    client_id: id,
    client_secret: secret,
    grant_types: grants,
    token_endpoint_auth_method: method,
    redirect_uris: [],
    response_types: [],
  })
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" })
  return {
    adapter: memory(),
    clients: [
      client(camera.clientId, camera.clientSecret, [deviceGrant, "refresh_token"]),
      client(desktop.clientId, desktop.clientSecret, ["client_credentials"]),
      client(kiosk.clientId, kiosk.clientSecret, ["client_credentials"], "client_secret_basic"),
    ],
    claims: { openid: ["sub"] },
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    // Expiry is exact: the default tolerates 15 s.
    clockTolerance: 0,
    cookies: { keys: ["of no importance"] },
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      // A proof of possession must contain a nonce of the provider.
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      devInteractions: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      userinfo: { enabled: true },
    },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: () => true,
    jwks: { keys: [{ ...key, alg: "ES256", use: "sig", kid: "one" }] },
    rotateRefreshToken: true,
    scopes: ["openid", "offline_access"],
    ttl: {
      AccessToken: 3600,
      ClientCredentials: clientTokenLifetime,
      DeviceCode: codeLifetime,
      Grant: 3600,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 3600,
      Session: 3600,
    },
  }
}

/**
 * Records every exchange of the token endpoint, adds the interval to responses, and returns `slow_down` if a test asks for it.
 */
const recorded =
  (exchanges: Array<TokenExchange>, { slowDownAt }: Options) =>
  async (context: Context, next: () => Promise<void>): Promise<void> => {
    if (context.path === "/device/auth") {
      await next()
      if (context.status === 200) context.body = { ...(context.body as object), interval }
      return
    }
    if (context.path !== "/token" || !isForm(context)) return await next()
    const at = performance.now()
    const chunks: Array<Buffer> = []
    for await (const chunk of context.req) chunks.push(chunk as Buffer)
    // The provider accepts a body that has already been read.
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
    context.req.body = form
    const polls = exchanges.filter(({ grant }) => grant === deviceGrant)
    const last = polls.at(-1)
    const early = last?.error === "slow_down" && at - last.at < (interval + 5) * 1000
    if (form["grant_type"] === deviceGrant && (early || polls.length + 1 === slowDownAt)) {
      context.status = 400
      context.body = { error: "slow_down", error_description: "you are polling too quickly" }
    } else await next()
    const { error = "" } = context.body as { readonly error?: string }
    exchanges.push({ grant: form["grant_type"] ?? "", status: context.status, error, at })
  }

const isForm = ({ req }: Context): boolean =>
  req.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true

interface Payload {
  readonly grantId?: string
  readonly uid?: string
  readonly userCode?: string
  consumed?: number
}

/**
 * The provider's memory. The default one deletes a code at its expiry and then cannot report the reason; this one deletes
 * nothing.
 */
const memory = () => {
  const entries = new Map<string, Payload>()
  const find = (test: (payload: Payload) => boolean) => [...entries.values()].find(test)
  return class {
    readonly model: string
    constructor(model: string) {
      this.model = model
    }
    private key(id: string) {
      return `${this.model} ${id}`
    }
    async upsert(id: string, payload: Payload) {
      entries.set(this.key(id), payload)
    }
    async find(id: string) {
      return entries.get(this.key(id))
    }
    async findByUserCode(userCode: string) {
      return find((payload) => payload.userCode === userCode)
    }
    async findByUid(uid: string) {
      return find((payload) => payload.uid === uid)
    }
    async consume(id: string) {
      const payload = entries.get(this.key(id))
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
    }
    async destroy(id: string) {
      entries.delete(this.key(id))
    }
    async revokeByGrantId(grantId: string) {
      for (const [key, payload] of entries) if (payload.grantId === grantId) entries.delete(key)
    }
  }
}
