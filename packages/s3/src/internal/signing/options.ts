/**
 * The options of a signer.
 */
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import type * as PostPolicy from "../../PostPolicy.ts"

/** The credentials of the signer. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string> | string
  /** The session token, which is added to the form and the policy automatically. */
  readonly sessionToken?: Redacted.Redacted<string> | string | undefined
}

/** A condition in the format that Amazon's SDKs and boto3 use. */
export type WrittenCondition =
  | Readonly<Record<string, string>>
  | readonly [operator: "eq" | "starts-with", field: `$${string}`, value: string]
  | readonly [operator: "content-length-range", min: number, max: number]

/** The options of `sign`; an unknown option causes an `InvalidPostOption`. */
export interface SignOptions {
  readonly bucket: string
  readonly region: string
  readonly credentials: Credentials
  /** The object's key. If the key contains `${filename}`, S3 replaces it with the name of the file. */
  readonly key?: string | undefined
  /** An alternative to `key`: the prefix to which S3 appends the name of the file. */
  readonly keyPrefix?: string | undefined
  /**
   * The address of another S3 server, to which the bucket is appended as a path segment. Default: Amazon's endpoint
   * for the region.
   */
  readonly endpoint?: string | URL | undefined
  /** The exact address of the form, for cases that neither of the other two options covers. */
  readonly url?: string | URL | undefined
  /**
   * The lifetime of the form: a number of seconds, as with Amazon's signers, or a duration. Default: 1 hour; maximum: 7 days.
   */
  readonly expiresIn?: number | Exclude<Duration.Input, number> | undefined
  /** The signing time: milliseconds since the epoch, an ISO date, or a `Date`. Default: now. */
  readonly at?: number | string | Date | undefined
  /** Additional conditions for the policy. No further condition is added for a field that has a condition here. */
  readonly conditions?: ReadonlyArray<PostPolicy.Condition | WrittenCondition> | undefined
  /** Additional fields for the form. Each additional field gets a condition that requires its value. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** The response status after a successful upload. Default: S3's 204, which reveals the least to a browser. */
  readonly successStatus?: 200 | 201 | 204 | undefined
}
