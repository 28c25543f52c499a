/**
 * The visible parts of a credential: the type of a key id, a scope, a scheme.
 */
import type { Mask } from "@holdfast/diagnosis/Redaction"
import { listed, sentIn } from "./signedText.ts"

/**
 * The key types, identified by the first letters of a key id (IAM, "Unique identifiers"): temporary, long-lived, role, user.
 * The list also contains the key types of other vendors: Alibaba's session keys (`STS.`) and user keys (`LTAI`), Google's
 * HMAC keys, and the keys of Tencent, Scaleway, DigitalOcean and Garage.
 */
const kinds = /^(?:(?:ASIA|AKIA|AROA|AIDA|STS\.|LTAI|GOOG|AKID|SCW)(?=.)|DO(?=\d[\dA-Z]{17}$)|GK(?=[\da-f]{24}$))/

/** Placeholders that people and programs write instead of a credential. */
export const crossedOut =
  /^(?:[*•x.…-]{3,40}|[[<({]{0,2}(?:redacted|hidden|masked|removed|filtered|secret)[\])>}]{0,2})$/i

/** The letters of a key id that show its type remain visible. A placeholder is not secret. */
export const keyId: Mask = (value, hide) => {
  if (crossedOut.test(value)) return value
  const kind = kinds.exec(value)?.[0] ?? ""
  return kind + hide(value.slice(kind.length))
}

/** The scope of a credential remains visible: date, region and service. All other parts are hidden. */
export const credential: Mask = (value, hide, exchange) => {
  const [id = "", ...scope] = value.split(/(\/|%2F|%252F)/i)
  if (
    id.includes("%") ||
    scope.length > 20 ||
    !scope.every((part) => separator.test(part) || /^[\w-]{0,40}$|^\[/.test(part))
  ) {
    // A server may quote the key id alone.
    const [, key] = /^(.{8,}?)(?:\/|%2F)\d{8}(?:\/|%2F)/is.exec(value) ?? []
    if (key !== undefined) hide(key)
    return hide(value)
  }
  return [keyId(id, hide, exchange), ...scope.map((part) => (step.test(part) ? part : hide(part)))].join("")
}

const separator = /^(?:\/|%2F|%252F)$/i

/** Dates, regions, services and the final part remain visible, even if they are misspelled. Longer words may be keys. */
const step =
  /^(?:\/|%2F|%252F|[\dTZ-]{0,20}|[a-z]{1,12}\d{0,2}(?:[-_](?:[a-z]{1,12}\d{0,2}|\d{1,3})){0,4}|aliyun_v4_request)$/i

/** Schemes. Any other first word in the header may be a token that was sent without a scheme. */
const schemes =
  /^(?:AWS|GOOG1|OSS|OBS|(?:AWS4|GOOG4|OSS4)-(?:HMAC|ECDSA|RSA)(?:-[A-Z\d]{2,8}){1,4}|Basic|Bearer|Digest|Negotiate|NTLM|OAuth|Token)$/i

/**
 * The scheme of an Authorization header remains visible. For AWS schemes, the scope of the credential and the names of the
 * signed headers also remain visible.
 */
export const authorization: Mask = (value, hide, exchange) => {
  const [, scheme = "", rest = ""] = /^([\w-]+)\s+(.+)$/s.exec(value) ?? []
  if (crossedOut.test(value)) return value
  if (!schemes.test(scheme)) return hide(value)
  if (/^(?:AWS|GOOG1|OSS|OBS)$/.test(scheme)) {
    // A mark contains colons.
    const [, id = "", signature] = /^([^:[]*(?:\[hidden-[\d:a-z]+\])?[^:]*)(?::(.*))?$/s.exec(rest) ?? []
    return `${scheme} ${keyId(id, hide, exchange)}${signature === undefined ? "" : `:${hide(signature)}`}`
  }
  const parts = rest
    .split(/,\s*/)
    .map((part) => /^(Credential|(?:Signed|Additional)Headers|Signature)=(.*)$/s.exec(part))
  if (!/^(?:AWS4|GOOG4|OSS4)-/.test(scheme) || parts.includes(null)) return `${scheme} ${hide(rest)}`
  const shown = parts.map((part) => {
    const [, name = "", text = ""] = part ?? []
    if (name === "Credential") return `${name}=${credential(text, hide, exchange)}`
    return `${name}=${name.endsWith("Headers") ? listed(text, hide, sentIn(exchange)) : hide(text)}`
  })
  return `${scheme} ${shown.join(", ")}`
}
