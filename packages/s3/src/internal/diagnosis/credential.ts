/**
 * The credential of a signature: the key id and the scope.
 */

/** A credential of signature version 4: `<key id>/<date>/<region>/<service>/aws4_request`. */
export interface Credential {
  readonly keyId: string
  readonly date: string
  readonly region: string
  readonly service: string
  /** What it ends with: `aws4_request`. */
  readonly end: string
  /** How many parts it has; five are right. */
  readonly parts: number
  /** The whole of it, the key id a mark. */
  readonly scope: string
  /** Whether it has the five parts that it must have. */
  readonly wellFormed: boolean
  /** Where it stands. */
  readonly at: string
}

/** What a credential ends with, and the services that stand before it. */
export const ends: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["aws4_request", ["s3"]],
  ["goog4_request", ["storage", "s3"]],
  ["aliyun_v4_request", ["oss"]],
])

/** Reads a credential; `at` is where it stands. */
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

/** The key id of a signature of version 2 in the header. */
export const keyIdOfV2 = (authorization: string | undefined): string | undefined =>
  // A mark has colons of its own.
  /^(?:AWS|GOOG1|OSS|OBS) ((?:\[hidden-[\d:a-z]+\]|[^:\s])+)/.exec(authorization ?? "")?.[1]
