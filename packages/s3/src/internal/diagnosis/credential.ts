/**
 * Parses the credential in a signature: the key id and the scope.
 */

/** A credential in Signature Version 4: `<key id>/<date>/<region>/<service>/aws4_request`. */
export interface Credential {
  readonly keyId: string
  readonly date: string
  readonly region: string
  readonly service: string
  /** The last part: `aws4_request`. */
  readonly end: string
  /** The number of parts; a correct credential has five. */
  readonly parts: number
  /** The complete credential, with a redaction mark in place of the key id. */
  readonly scope: string
  /** Whether the credential has the five required parts. */
  readonly wellFormed: boolean
  /** Where the credential was found. */
  readonly at: string
}

/** The last part of a credential, and the services that can precede it. */
export const ends: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["aws4_request", ["s3"]],
  ["goog4_request", ["storage", "s3"]],
  ["aliyun_v4_request", ["oss"]],
])

/** Parses a credential; `at` states where it was found. */
export const parse = (text: string, at: string): Credential => {
  const [keyId = "", date = "", region = "", service = "", end = "", ...more] = text.split("/")
  const wellFormed =
    keyId !== "" &&
    /^\d{8}$/.test(date) &&
    region !== "" &&
    ends.get(end)?.includes(service) === true &&
    more.length === 0
  return { keyId, date, region, service, end, parts: text.split("/").length, scope: text, wellFormed, at }
}

/** The key id of a version 2 signature in the Authorization header. */
export const keyIdOfV2 = (authorization: string | undefined): string | undefined =>
  // A mark contains colons.
  /^(?:AWS|GOOG1|OSS|OBS) ((?:\[hidden-[\d:a-z]+\]|[^:\s])+)/.exec(authorization ?? "")?.[1]
