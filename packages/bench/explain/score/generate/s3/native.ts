/**
 * URLs signed with the vendors' own schemes: Google's V4 and V2, Alibaba's V1.
 *
 * https://cloud.google.com/storage/docs/authentication/signatures, https://cloud.google.com/storage/docs/access-control/signed-urls-v2,
 * https://www.alibabacloud.com/help/en/oss/developer-reference/ddd-signatures-to-urls
 */
import { createHmac } from "node:crypto"
import * as Chance from "../chance.ts"
import type { Generated, Options } from "../Generated.ts"
import * as Sign from "./sign.ts"
import { set, valueOf, type Pairs } from "./wire.ts"

type Refused = readonly [status: number, code: string, message: string, elements?: Pairs]

interface Url {
  method: string
  readonly host: string
  readonly path: string
  readonly headers: Pairs
  query: Pairs
}

/** The state of one URL. */
interface Truth {
  readonly random: Chance.Random
  readonly now: number
  readonly id: string
  secret: string
  known: boolean
  signedAt: number
  readonly expires: number
}

interface Native {
  readonly name: string
  readonly hosts: (random: Chance.Random) => readonly [host: string, path: string]
  readonly id: (random: Chance.Random) => string
  readonly headers: Readonly<Record<string, string>>
  readonly sign: (url: Url, truth: Truth) => void
  /** The first failing check, with the secret that the server knows. */
  readonly check: (url: Url, truth: Truth, secret: string) => Refused | undefined
}

const sha1 = (secret: string, text: string): string => createHmac("sha1", secret).update(text).digest("base64")

const googleMessage =
  "The request signature we calculated does not match the signature you provided. Check your Google secret key and signing method."
const ossMessage =
  "The request signature we calculated does not match the signature you provided. Check your key and signing method."

const googleKeys = new Map<string, Uint8Array>()

const signGoogle = (secret: string, scope: string, text: string): string => {
  const name = `${secret}\n${scope}`
  const [day = "", region = "", service = ""] = scope.split("/")
  const key =
    googleKeys.get(name) ??
    Sign.hmac(Sign.hmac(Sign.hmac(Sign.hmac(`GOOG4${secret}`, day), region), service), "goog4_request")
  if (googleKeys.size > 500) googleKeys.clear()
  googleKeys.set(name, key)
  return Buffer.from(Sign.hmac(key, text)).toString("hex")
}

const textOfGoogle = (url: Url): readonly [text: string, canonical: string, scope: string] => {
  const of = (name: string) => Sign.decode(valueOf(url.query, name) ?? "")
  const scope = of("X-Goog-Credential").split("/").slice(1).join("/")
  const query = url.query.filter(([name]) => name !== "X-Goog-Signature")
  const canonical = Sign.canonicalRequest({ ...url, query }, of("X-Goog-SignedHeaders").split(";"), "UNSIGNED-PAYLOAD")
  return [Sign.stringToSign4("GOOG4-HMAC-SHA256", of("X-Goog-Date"), scope, canonical), canonical, scope]
}

/** The string to sign of Google's V2 and Alibaba's V1. */
const textOfOld = ({ headers, method, query }: Url, resource: string): string =>
  [method, "", valueOf(headers, "Content-Type") ?? "", valueOf(query, "Expires") ?? "", resource].join("\n")

const expiry = ({ expires, signedAt }: Truth): number => Math.floor(signedAt / 1000) + expires

const google: Omit<Native, "check" | "name" | "sign"> = {
  hosts: (random) => ["storage.googleapis.com", `/takes-${Chance.hex(random, 4)}/in/a.mp4`],
  id: (random) => `GOOG1E${Chance.letters(random, 48, Chance.upper)}EXAMPLE`,
  headers: {
    "Content-Type": "application/xml; charset=UTF-8",
    Server: "UploadServer",
    "X-GUploader-UploadID": "AEnB2EXAMPLE",
  },
}

const natives: ReadonlyArray<Native> = [
  {
    ...google,
    name: "gcs-v4",
    sign: (url, { expires, id, secret, signedAt }) => {
      const date = Chance.basicDate(signedAt)
      url.query.push(
        ["X-Goog-Algorithm", "GOOG4-HMAC-SHA256"],
        ["X-Goog-Credential", Sign.encode(`${id}/${date.slice(0, 8)}/auto/storage/goog4_request`)],
        ["X-Goog-Date", date],
        ["X-Goog-Expires", String(expires)],
        ["X-Goog-SignedHeaders", Sign.encode(Sign.signedNames(url.headers).join(";"))],
      )
      const [text, , scope] = textOfGoogle(url)
      url.query.push(["X-Goog-Signature", signGoogle(secret, scope, text)])
    },
    check: (url, { expires, known, now, signedAt }, secret) => {
      const signed = Sign.decode(valueOf(url.query, "X-Goog-SignedHeaders") ?? "").split(";")
      const missing = signed.find((name) => name !== "host" && valueOf(url.headers, name) === undefined)
      if (missing !== undefined) {
        const elements: Pairs = [
          ["ParameterName", missing],
          ["Details", "Header was included in signedheaders, but not in the request."],
        ]
        return [400, "MalformedSecurityHeader", "Your request has a malformed header.", elements]
      }
      const end = signedAt + expires * 1000
      if (end < now) {
        const details = `The provided token has expired. Request signature expired at: ${Chance.isoDate(end)}`
        return [400, "ExpiredToken", "Invalid argument.", [["Details", details]]]
      }
      if (!known) return [403, "InvalidSecurity", "The provided security credentials are not valid.", []]
      const [text, canonical, scope] = textOfGoogle(url)
      if (signGoogle(secret, scope, text) === valueOf(url.query, "X-Goog-Signature")) return undefined
      return [
        403,
        "SignatureDoesNotMatch",
        googleMessage,
        [
          ["StringToSign", text],
          ["CanonicalRequest", canonical],
        ],
      ]
    },
  },
  {
    ...google,
    name: "gcs-v2",
    sign: (url, truth) => {
      url.query.push(["GoogleAccessId", truth.id], ["Expires", String(expiry(truth))])
      url.query.push(["Signature", Sign.encode(sha1(truth.secret, textOfOld(url, url.path)))])
    },
    check: (url, truth, secret) => {
      if (expiry(truth) * 1000 < truth.now) {
        const details = `Request signature expired at: ${Chance.isoDate(expiry(truth) * 1000)}`
        return [400, "ExpiredToken", "The provided token has expired.", [["Details", details]]]
      }
      if (!truth.known) return [403, "InvalidSecurity", "The provided security credentials are not valid.", []]
      const text = textOfOld(url, url.path)
      return sha1(secret, text) === Sign.decode(valueOf(url.query, "Signature") ?? "")
        ? undefined
        : [403, "SignatureDoesNotMatch", googleMessage, [["StringToSign", text]]]
    },
  },
  {
    name: "oss-v1",
    hosts: (random) => [`takes-${Chance.hex(random, 4)}.oss-cn-beijing.aliyuncs.com`, "/in/a.mp4"],
    id: (random) => `LTAI5t${Chance.letters(random, 11, Chance.plain)}EXAMPLE`,
    headers: { "Content-Type": "application/xml", Server: "AliyunOSS", "x-oss-request-id": "625A73995C8CEXAMPLE00001" },
    sign: (url, truth) => {
      url.query.push(["OSSAccessKeyId", truth.id], ["Expires", String(expiry(truth))])
      const resource = `/${url.host.split(".")[0]}${url.path}`
      url.query.push(["Signature", Sign.encode(sha1(truth.secret, textOfOld(url, resource)))])
    },
    check: (url, truth, secret) => {
      const end = Chance.isoDate(expiry(truth) * 1000).replace("Z", ".000Z")
      if (expiry(truth) * 1000 < truth.now) {
        const elements: Pairs = [
          ["Expires", end],
          ["ServerTime", Chance.isoDate(truth.now).replace("Z", ".000Z")],
        ]
        return [403, "AccessDenied", "Request has expired.", elements]
      }
      const id: [string, string] = ["OSSAccessKeyId", truth.id]
      if (!truth.known) {
        return [403, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.", [id]]
      }
      const text = textOfOld(url, `/${url.host.split(".")[0]}${url.path}`)
      const provided = Sign.decode(valueOf(url.query, "Signature") ?? "")
      if (sha1(secret, text) === provided) return undefined
      const elements: Pairs = [id, ["SignatureProvided", provided], ["StringToSign", text]]
      return [403, "SignatureDoesNotMatch", ossMessage, elements]
    },
  },
]

interface Defect {
  readonly name: string
  readonly codes: ReadonlyArray<string>
  readonly before?: (truth: Truth) => void
  readonly after?: (url: Url, truth: Truth) => void
}

const defects: ReadonlyArray<Defect> = [
  {
    name: "expired",
    codes: ["HF-S3-URL-001"],
    before: (truth) => {
      truth.signedAt = truth.now - (truth.expires + 60 + truth.random.below(80_000)) * 1000
    },
  },
  {
    name: "secret-wrong",
    codes: ["HF-S3-SIGN-019"],
    before: (truth) => {
      truth.secret = Chance.letters(truth.random, 40, Chance.base64)
    },
  },
  {
    name: "key-unknown",
    codes: ["HF-S3-AUTH-007"],
    before: (truth) => {
      truth.known = false
    },
  },
  {
    name: "content-type-other",
    codes: ["HF-S3-SIGN-013"],
    after: ({ headers }) => set(headers, "Content-Type", "application/octet-stream"),
  },
  {
    name: "content-type-not-sent",
    codes: ["HF-S3-SIGN-013", "HF-S3-SIGN-002"],
    after: ({ headers }) => set(headers, "Content-Type", undefined),
  },
  {
    name: "method-other",
    codes: ["HF-S3-SIGN-011", "HF-S3-PLACE-007"],
    after: (url, { random }) => {
      url.method = random.pick(["POST", "GET"])
    },
  },
]

/** The names of these signing schemes, as dialects. */
export const names: ReadonlyArray<string> = natives.map(({ name }) => name)

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

/** An exchange with a URL of one of these schemes. */
export const make = (seed: number, { defect, defects: count, dialect }: Options): Generated => {
  const random = Chance.of(seed ^ 0x7f4a7c15)
  const native = random.pick(natives.filter(({ name }) => dialect === undefined || name === dialect))
  const now = Chance.moment(random)
  const [host, path] = native.hosts(random)
  const secret = Chance.letters(random, 40, Chance.base64)
  const signedAt = now - (2 + random.below(120)) * 1000
  const truth: Truth = { random, now, id: native.id(random), secret, known: true, signedAt, expires: 3600 }
  const chosen = defects.filter(({ name }) => count > 0 && name === defect)
  for (let tries = 0; chosen.length < count && tries < 20; tries++) {
    const one = random.pick(defects)
    if (!chosen.some(({ name }) => name === one.name || name.slice(0, 7) === one.name.slice(0, 7))) chosen.push(one)
  }
  const url: Url = { method: "PUT", host, path, headers: [["Content-Type", "video/mp4"]], query: [] }
  for (const { before } of chosen) before?.(truth)
  native.sign(url, truth)
  for (const { after } of chosen) after?.(url, truth)
  const refused = native.check(url, truth, secret)
  const [status = 200, code = "", message = "", elements = []] = refused ?? []
  const size = 1000 + random.below(9_000_000)
  const { "Content-Type": type = "", ...headers } = native.headers
  const document = [["Code", code], ["Message", message], ...elements]
    .map(([name = "", value = ""]) => `<${name}>${escape(value)}</${name}>`)
    .join("")
  return {
    exchange: {
      request: {
        method: url.method,
        url: `https://${host}${path}?${url.query.map(([name, value]) => `${name}=${value}`).join("&")}`,
        headers: Object.fromEntries([["Host", host], ...url.headers]),
        ...(url.method === "GET" ? {} : { size }),
      },
      response: {
        status,
        headers: {
          Date: Chance.httpDate(now),
          ...headers,
          ...(refused === undefined
            ? { ETag: `"${Chance.hex(random, 32)}"`, "Content-Length": "0" }
            : { "Content-Type": type }),
        },
        ...(refused === undefined ? {} : { body: `<?xml version='1.0' encoding='UTF-8'?><Error>${document}</Error>` }),
      },
      at: now,
    },
    truth: refused === undefined ? ["succeeded"] : chosen.flatMap(({ codes }) => codes),
    defects: chosen.map(({ name }) => name),
    dialect: native.name,
  }
}
