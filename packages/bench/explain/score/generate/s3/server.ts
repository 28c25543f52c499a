/**
 * A model of a storage that checks a request in the order of S3 and computes the signature of the received request.
 */
import { inWordsOf } from "./Dialect.ts"
import { checkForm } from "./formServer.ts"
import { checkKey } from "./keys.ts"
import * as Refusals from "./refusals.ts"
import * as Sign from "./sign.ts"
import * as Chance from "../chance.ts"
import { valueOf, type Pairs, type Refusal, type Wire } from "./wire.ts"
import { isForm, isUpload, type World } from "./World.ts"

/** A captured response. */
export interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body?: string
}

const allowedSkew = 15 * 60 * 1000

/** Parses `20261129T120000Z`. */
const timeOf = (date: string): number | undefined => {
  const [, ...groups] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
  const [year = 0, month = 1, ...rest] = groups.map(Number)
  return groups.length === 0 ? undefined : Date.UTC(year, month - 1, ...rest)
}

const hexOf = (text: string): string => Buffer.from(text).toString("hex").replace(/../g, "$& ").trim()

const differs = (world: World, id: string, text: string, provided: string, canonical?: string): Refusal =>
  Refusals.badSignature(
    world.dialect.details
      ? {
          AWSAccessKeyId: id,
          StringToSign: text,
          SignatureProvided: provided,
          StringToSignBytes: hexOf(text),
          ...(canonical === undefined ? {} : { CanonicalRequest: canonical, CanonicalRequestBytes: hexOf(canonical) }),
        }
      : {},
  )

const unsignedNames = (headers: Pairs, signed: ReadonlyArray<string>): string =>
  headers
    .map(([name]) => name.toLowerCase())
    .filter((name) => (name.startsWith("x-amz-") || name === "content-md5") && !signed.includes(name))
    .join(", ")

const credential = (text: string): ReadonlyArray<string> | undefined => {
  const parts = text.split("/")
  return parts.length === 5 && parts[4] === "aws4_request" && parts[3] === "s3" ? parts : undefined
}

const checkSigned4 = (
  world: World,
  wire: Wire,
  given: {
    readonly id: string
    readonly scope: string
    readonly date: string
    readonly signed: ReadonlyArray<string>
    readonly provided: string
    readonly payload: string
    readonly token: string | undefined
    readonly algorithm: string
  },
): Refusal | undefined => {
  const { dialect, plan, storage } = world
  const refused = checkKey(world, given.id, plan.id, given.token)
  if (refused !== undefined) return refused
  const unsigned = dialect.unsigned ? unsignedNames(wire.headers, given.signed) : ""
  if (unsigned !== "") return Refusals.unsigned(unsigned)
  // A server sorts the listed headers before it signs them.
  const canonical = Sign.canonicalRequest(wire, given.signed.toSorted(), given.payload)
  const text = Sign.stringToSign4(given.algorithm, given.date, given.scope, canonical)
  const own = Sign.signature4(storage.secret ?? "", given.scope, text)
  return own === given.provided ? undefined : differs(world, given.id, text, given.provided, canonical)
}

const checkUrl4 = (world: World, wire: Wire): Refusal | undefined => {
  const { dialect, now, storage } = world
  const value = (name: string) => {
    const found = valueOf(wire.query, name)
    return found === undefined ? undefined : Sign.decode(found)
  }
  const names = ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature"]
  const [algorithm, given, date, expires, signed, provided] = names.map((name) => value(`X-Amz-${name}`))
  if ([algorithm, given, date, expires, signed, provided].every((one) => one === undefined)) return Refusals.anonymous
  if (algorithm === undefined || given === undefined || date === undefined) return Refusals.incomplete
  if (expires === undefined || signed === undefined || provided === undefined) return Refusals.incomplete
  if (algorithm !== "AWS4-HMAC-SHA256") {
    return Refusals.parameters('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"')
  }
  const parts = credential(given)
  if (parts === undefined) {
    return Refusals.parameters(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    )
  }
  const at = timeOf(date)
  if (at === undefined) {
    return Refusals.parameters("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
  }
  const seconds = Number(expires)
  if (!(seconds <= 604_800)) {
    return Refusals.parameters(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    )
  }
  const [id = "", ...scope] = parts
  if (dialect.region && scope[1] !== storage.region) {
    return Refusals.wrongRegion(
      "AuthorizationQueryParametersError",
      "Error parsing the X-Amz-Credential parameter; ",
      scope[1] ?? "",
      storage.region,
    )
  }
  if (dialect.future && at - now > allowedSkew) return Refusals.notYet
  if (at + seconds * 1000 < now) {
    return Refusals.expired({
      "X-Amz-Expires": expires,
      Expires: Chance.isoDate(at + seconds * 1000),
      ServerTime: Chance.isoDate(now),
    })
  }
  return checkSigned4(world, wire, {
    id,
    scope: scope.join("/"),
    date,
    signed: signed.split(";"),
    provided,
    payload: "UNSIGNED-PAYLOAD",
    token: value("X-Amz-Security-Token"),
    algorithm,
  })
}

const checkHeader4 = (world: World, wire: Wire): Refusal | undefined => {
  const { dialect, now, storage } = world
  const authorization = valueOf(wire.headers, "authorization")
  if (authorization === undefined) return Refusals.anonymous
  const [algorithm = ""] = authorization.split(" ")
  if (!authorization.startsWith("AWS4")) {
    return Refusals.make("scheme", 400, "InvalidArgument", "Unsupported Authorization Type", {
      ArgumentName: "Authorization",
      ArgumentValue: authorization,
    })
  }
  const [, given = "", list = "", provided = ""] =
    /^\S+ Credential=([^,]*), ?SignedHeaders=([^,]*), ?Signature=(\S*)$/.exec(authorization) ?? []
  const parts = credential(given)
  if (parts === undefined || provided === "") {
    return Refusals.headerMalformed(
      'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    )
  }
  const [id = "", ...scope] = parts
  const date = valueOf(wire.headers, "x-amz-date") ?? ""
  const at = timeOf(date)
  if (at === undefined) {
    return Refusals.make("noDate", 403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
  }
  if (dialect.region && scope[1] !== storage.region) {
    return Refusals.wrongRegion(
      "AuthorizationHeaderMalformed",
      "The authorization header is malformed; ",
      scope[1] ?? "",
      storage.region,
    )
  }
  if (Math.abs(at - now) > allowedSkew) return Refusals.skewed(date, Chance.isoDate(now))
  return checkSigned4(world, wire, {
    id,
    scope: scope.join("/"),
    date,
    signed: list.split(";"),
    provided,
    payload: valueOf(wire.headers, "x-amz-content-sha256") ?? "",
    token: valueOf(wire.headers, "x-amz-security-token"),
    algorithm,
  })
}

const checkUrl2 = (world: World, wire: Wire): Refusal | undefined => {
  const { dialect, now, plan, storage } = world
  const value = (name: string) => valueOf(wire.query, name)
  const [id, provided, expires] = [value("AWSAccessKeyId"), value("Signature"), value("Expires")]
  if (id === undefined && provided === undefined && expires === undefined) return Refusals.anonymous
  if (id === undefined || provided === undefined || expires === undefined) return Refusals.incomplete2
  if (Number(expires) * 1000 < now) {
    return Refusals.expired({ Expires: Chance.isoDate(Number(expires) * 1000), ServerTime: Chance.isoDate(now) })
  }
  const refused = checkKey(world, id, plan.id, valueOf(wire.headers, "x-amz-security-token"))
  if (refused !== undefined) return refused
  const path = Sign.encodePath(Sign.decode(wire.path))
  const text = Sign.stringToSign2(wire, expires, dialect.inPath ? path : `/${world.bucket}${path}`)
  const own = Sign.signature2(storage.secret ?? "", text)
  return own === Sign.decode(provided) ? undefined : differs(world, id, text, Sign.decode(provided))
}

/** The first failing check. */
const check = (world: World, wire: Wire): Refusal | undefined => {
  const { kind, storage } = world
  if (storage.busy !== undefined) return storage.busy
  const inQuery = wire.query.some(([name]) => /^(?:X-Amz-(?:Algorithm|Signature)|Signature)$/.test(name))
  if (inQuery && valueOf(wire.headers, "authorization") !== undefined) return Refusals.twoProofs
  const byKind = isForm(world)
    ? checkForm(world, wire)
    : kind === "put2"
      ? checkUrl2(world, wire)
      : kind === "header4" || kind === "complete4"
        ? checkHeader4(world, wire)
        : checkUrl4(world, wire)
  if (byKind !== undefined) return byKind
  if (!storage.bucket) return Refusals.noBucket(world.bucket)
  if (valueOf(wire.headers, "transfer-encoding") !== undefined) return Refusals.noLength
  if (storage.refusal !== undefined && storage.refusal.holds?.(wire) !== false) return storage.refusal
  return !storage.object && (kind === "get4" || kind === "head4") ? Refusals.noObject(world.key) : undefined
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

const fill = (text: string, world: World): string => {
  const { bucket, key, plan, storage } = world
  const known: Readonly<Record<string, string>> = {
    bucket,
    key,
    id: plan.id,
    region: plan.region,
    expected: storage.region,
    expires: Chance.isoDate(plan.signedAt + plan.expires * 1000),
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole)
}

const document = (world: World, refusal: Refusal, ids: Pairs): string => {
  const { dialect } = world
  const elements: Pairs = [
    ["Code", refusal.code],
    ...(dialect.name === "spaces" ? [] : [["Message", fill(refusal.message, world)] as [string, string]]),
    ...Object.entries(refusal.fields ?? {}).map(([name, value]): [string, string] => [name, fill(value, world)]),
    ...ids,
  ]
  const lines = elements.map(([name, value]) => `<${name}>${escape(value)}</${name}>`)
  return dialect.lines
    ? `${dialect.prolog}<Error>\n  ${lines.join("\n  ")}\n</Error>\n`
    : `${dialect.prolog}<Error>${lines.join("")}</Error>`
}

/** The storage's response to the received request; `asked` is the method that was sent. */
export const answer = (world: World, wire: Wire): Answer => {
  const { bucket, dialect, front, key, kind, now, random } = world
  const ids = dialect.ids(random, bucket)
  const base = [
    ...ids.headers,
    ["Date", Chance.httpDate(now)] as const,
    ...(dialect.server === undefined ? [] : [["Server", dialect.server] as const]),
    ...front,
  ]
  const refused = check(world, wire)
  if (refused !== undefined) {
    const refusal = inWordsOf(dialect, refused)
    const headers = Object.fromEntries([...base, ["Content-Type", dialect.type]])
    return wire.method === "HEAD"
      ? { status: refusal.status, headers }
      : { status: refusal.status, headers, body: document(world, refusal, ids.elements) }
  }
  const etag = `"${Chance.hex(random, 32)}"`
  const good = (status: number, body?: string, type?: string): Answer => ({
    status,
    headers: Object.fromEntries([
      ...base,
      ...(kind === "complete4" ? [] : [["ETag", etag] as const]),
      ...(type === undefined ? [] : [["Content-Type", type] as const]),
      ...(body === undefined ? [["Content-Length", "0"] as const] : []),
    ]),
    ...(body === undefined ? {} : { body }),
  })
  if (kind === "complete4") {
    return good(
      200,
      `${dialect.prolog}<CompleteMultipartUploadResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Location>https://${wire.host}${wire.path}</Location><Bucket>${bucket}</Bucket><Key>${escape(key)}</Key><ETag>${escape(etag)}</ETag></CompleteMultipartUploadResult>`,
      "application/xml",
    )
  }
  if (kind === "get4") return good(200, "the bytes", "text/plain")
  if (!isForm(world)) return isUpload(world) || kind === "head4" ? good(200) : good(200)
  return wire.form?.some(({ name, value }) => name === "success_action_status" && value === "201") === true
    ? good(
        201,
        `${dialect.prolog}<PostResponse><Location>https://${wire.host}/${Sign.encode(key)}</Location><Bucket>${bucket}</Bucket><Key>${escape(key)}</Key><ETag>${escape(etag)}</ETag></PostResponse>`,
        "application/xml",
      )
    : good(204)
}
