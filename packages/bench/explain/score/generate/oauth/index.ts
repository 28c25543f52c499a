/**
 * Exchanges with sign-in servers, and with the APIs that accept their tokens.
 */
import type { Exchange, Request } from "@holdfast/diagnosis/Exchange"
import * as Chance from "../chance.ts"
import type { Generated, Options, Source } from "../Generated.ts"
import { defects } from "./defects.ts"
import * as Dialects from "./dialects.ts"
import type { Kind, Step } from "./steps.ts"
import { field, type Asked, type Defect, type World } from "./World.ts"

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

const kinds: ReadonlyArray<Kind> = ["api", "client", "device", "poll", "refresh", "revoke"]

const worldOf = (seed: number, { dialect: wanted }: Options): World => {
  const random = Chance.of(seed ^ 0x5bd1e995)
  const { dialects } = Dialects
  const dialect = random.pick(wanted === undefined ? dialects : dialects.filter(({ name }) => name === wanted))
  return {
    random,
    dialect,
    kind: random.pick(kinds.filter((kind) => dialect.urls[kind] !== undefined)),
    now: Chance.moment(random),
    clientId: Chance.letters(random, 20, Chance.plain),
    secret: Chance.letters(random, 32, Chance.plain),
    deviceCode: Chance.hex(random, 40),
    refreshToken: Chance.letters(random, 44, Chance.plain),
    accessToken: Chance.letters(random, 60, Chance.plain),
    fails: new Set(),
    failure: undefined,
  }
}

const fieldsOf = ({ clientId, deviceCode, dialect, kind, refreshToken, secret }: World): Asked["fields"] => {
  const client: Asked["fields"] = [
    ["client_id", clientId],
    ...(dialect.secret && kind !== "device" ? [["client_secret", secret] as [string, string]] : []),
  ]
  switch (kind) {
    case "api":
      return []
    case "client":
      return [...client, ["grant_type", "client_credentials"]]
    case "device":
      return [...client, ["scope", "offline_access"]]
    case "poll":
      // Trakt and Facebook use other names.
      return dialect.name === "trakt" || dialect.name === "facebook"
        ? [["code", deviceCode], ...client]
        : [...client, ["device_code", deviceCode], ["grant_type", deviceGrant]]
    case "refresh":
      return [...client, ["grant_type", "refresh_token"], ["refresh_token", refreshToken]]
    case "revoke":
      return [...client, ["token", refreshToken]]
  }
}

const ask = (world: World): Asked => {
  const { accessToken, dialect, kind } = world
  const type = dialect.json ? "application/json" : "application/x-www-form-urlencoded"
  return {
    method: kind === "api" ? "GET" : "POST",
    url: dialect.urls[kind] ?? "",
    headers: [
      ["Accept", "application/json"],
      ...(kind === "api"
        ? [["Authorization", `Bearer ${accessToken}`] as [string, string]]
        : [["Content-Type", type] as [string, string]]),
    ],
    fields: fieldsOf(world),
    encoding: kind === "api" ? "none" : dialect.json ? "json" : "form",
  }
}

/** The order in which a token endpoint checks (RFC 6749, sections 3.2, 2.3, 5.2). */
const firstFault = (world: World, asked: Asked): Step | undefined => {
  const { accessToken, dialect, fails, kind } = world
  const when = (step: Step, holds: boolean): Step | undefined => (holds || fails.has(step) ? step : undefined)
  const has = (name: string) => field(asked, name) !== undefined
  const usual = dialect.name !== "trakt" && dialect.name !== "facebook"
  const isToken = kind === "poll" || kind === "refresh" || kind === "client"
  const authorization = asked.headers.find(([name]) => name === "Authorization")?.[1]
  const grants = ["client_credentials", "refresh_token", deviceGrant]
  const names = asked.fields.map(([name]) => name)
  const checks = [
    when("unavailable", false),
    when("failed", false),
    when("limited", false),
    when("path", asked.url !== dialect.urls[kind]),
    when("method", kind !== "api" && asked.method !== "POST"),
    ...(kind === "api"
      ? [
          when("bearerMissing", authorization !== `Bearer ${accessToken}`),
          when("bearerExpired", false),
          when("audience", false),
          when("bearerScope", false),
        ]
      : [
          when("type", asked.encoding === "json" && !dialect.json),
          when("twice", new Set(names).size < names.length),
          when("clientMissing", isToken && !has("client_id") && authorization === undefined),
          when("twoProofs", false),
          when("clientUnknown", false),
          when("secretWrong", false),
          when("secretNotSent", false),
          when("secretNotWanted", false),
          when("secretExpired", false),
          when("grantTypeMissing", isToken && usual && !has("grant_type")),
          when("grantTypeUnknown", isToken && usual && !grants.includes(field(asked, "grant_type") ?? "")),
          when("notAllowed", false),
          when("codeMissing", kind === "poll" && usual && !has("device_code")),
          when("refreshMissing", kind === "refresh" && !has("refresh_token")),
          when("slowDown", false),
          when("codeUnknown", false),
          when("codeExpired", false),
          when("declined", false),
          when("pending", false),
          when("refreshSpent", false),
          when("refreshInactive", false),
          when("consent", false),
          when("policy", false),
          when("secondFactor", false),
          when("scope", false),
          when("revokeType", false),
        ]),
  ]
  return checks.find((step) => step !== undefined)
}

const bodyOf = ({ encoding, fields }: Asked): string =>
  encoding === "json" ? JSON.stringify(Object.fromEntries(fields)) : new URLSearchParams(fields).toString()

const success = ({ accessToken, dialect, kind, random }: World): unknown => {
  switch (kind) {
    case "api":
      return dialect.name === "slack" ? { ok: true, channels: [] } : { id: 1, name: "Reel A001", items: [] }
    case "device":
      return {
        [dialect.name === "facebook" ? "code" : "device_code"]: Chance.hex(random, 40),
        user_code: `${Chance.letters(random, 4, Chance.upper)}-${Chance.letters(random, 4, Chance.upper)}`,
        verification_uri: "https://idp.example/device",
        expires_in: 900,
        ...(Chance.happens(random, 0.7) ? { interval: 5 } : {}),
      }
    case "revoke":
      return dialect.name === "slack" ? { ok: true, revoked: true } : undefined
    default:
      return {
        access_token: accessToken.split("").toReversed().join(""),
        token_type: random.pick(["bearer", "Bearer"]),
        expires_in: 3599,
        ...(kind === "client" ? {} : { refresh_token: Chance.letters(random, 44, Chance.plain) }),
        ...dialect.token,
      }
  }
}

const answer = (world: World, asked: Asked): Dialects.Answer => {
  const { dialect, now, random } = world
  const step = firstFault(world, asked)
  const base = { Date: Chance.httpDate(now), "Cache-Control": "no-store", ...dialect.headers(random) }
  const type = { "Content-Type": random.pick(["application/json", "application/json; charset=utf-8"]) }
  if (step !== undefined) {
    const said = Dialects.said(dialect, step)
    const written = dialect.write(said, random, now)
    return {
      ...written,
      headers: { ...base, ...(written.body === undefined ? { "Content-Length": "0" } : type), ...said.headers },
    }
  }
  const good = success(world)
  return good === undefined
    ? { status: 200, headers: { ...base, "Content-Length": "0" } }
    : { status: 200, headers: { ...base, ...type }, body: JSON.stringify(good) }
}

const choose = (world: World, { defect, defects: count }: Options): ReadonlyArray<Defect> => {
  const fitting = defects.filter((one) => one.fits(world))
  const chosen = defect === undefined || count === 0 ? [] : fitting.filter(({ name }) => name === defect)
  for (let tries = 0; fitting.length > 0 && chosen.length < count && tries < 20; tries++) {
    const one = world.random.pick(fitting)
    const agree = chosen.every(({ apart = [], name }) => !apart.includes(one.name) && !one.apart?.includes(name))
    if (agree && !chosen.includes(one)) chosen.push(one)
  }
  return chosen
}

const make = (seed: number, options: Options): Generated => {
  const world = worldOf(seed, options)
  const chosen = choose(world, options)
  for (const { before } of chosen) before?.(world)
  const asked = ask(world)
  for (const { after } of chosen) after?.(asked, world)
  const isGet = asked.method === "GET"
  const query = isGet && asked.fields.length > 0 ? `?${bodyOf(asked)}` : ""
  const request = {
    method: asked.method,
    url: `${asked.url}${query}`,
    headers: Object.fromEntries([["Host", new URL(asked.url).host], ...asked.headers]),
    ...(isGet || asked.encoding === "none" ? {} : { body: bodyOf(asked), size: Buffer.byteLength(bodyOf(asked)) }),
  }
  const exchange: Exchange =
    world.failure === undefined
      ? { request, response: answer(world, asked), at: world.now }
      : { request, failure: world.failure, at: world.now }
  const failed = world.failure !== undefined || firstFault(world, asked) !== undefined
  return {
    exchange,
    truth: failed ? chosen.flatMap(({ codes }) => codes) : ["succeeded"],
    defects: chosen.map(({ name }) => name),
    dialect: world.dialect.name,
  }
}

/** Parses a request as a server would. */
const askedOf = ({ body = "", headers = {}, method = "", url = "" }: Request): Asked => {
  const sent = Object.entries(headers).filter(([name]) => name.toLowerCase() !== "host")
  const type = sent.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? ""
  const isJson = type.includes("json")
  const [base = "", query = ""] = url.split("?", 2)
  const fields = isJson
    ? Object.entries(JSON.parse(body) as Record<string, string>)
    : [...new URLSearchParams(body === "" ? query : body)]
  return { method, url: base, headers: sent, fields, encoding: isJson ? "json" : body === "" ? "none" : "form" }
}

const again = (seed: number, options: Options, request: Request, isGiven: boolean): Exchange => {
  const world = worldOf(seed, options)
  for (const { before } of choose(world, options)) before?.(world)
  const asked = askedOf(request)
  const authorization = asked.headers.find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? ""
  // The error that the server finds in the request, unless a defect has already set it.
  if ((field(asked, "refresh_token") ?? world.refreshToken) !== world.refreshToken) world.fails.add("refreshSpent")
  if (field(asked, "scope") === "everything") world.fails.add("scope")
  if (authorization.startsWith("Basic") && field(asked, "client_secret") !== undefined) world.fails.add("twoProofs")
  if (isGiven) {
    world.fails.delete("bearerExpired")
    asked.headers = asked.headers.filter(([name]) => name.toLowerCase() !== "authorization")
    asked.headers.push(["Authorization", `Bearer ${world.accessToken}`])
  }
  const sent = { ...request, headers: Object.fromEntries([["Host", new URL(asked.url).host], ...asked.headers]) }
  return world.failure === undefined
    ? { request: sent, response: answer(world, asked), at: world.now }
    : { request: sent, failure: world.failure, at: world.now }
}

/** The generator for sign-in servers. */
export const source: Source = {
  system: "oauth",
  dialects: Dialects.dialects.map(({ name }) => name),
  defects: defects.map(({ name }) => name),
  make,
  again,
}
