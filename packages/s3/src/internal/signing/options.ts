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
  /** The token of a session, which is added to the form and to the policy automatically. */
  readonly sessionToken?: Redacted.Redacted<string> | string | undefined
}

/** A condition as Amazon's SDKs and boto3 write it. */
export type WrittenCondition =
  | Readonly<Record<string, string>>
  | readonly [operator: "eq" | "starts-with", field: `$${string}`, value: string]
  | readonly [operator: "content-length-range", min: number, max: number]

/** The options of `sign`; any other is an `InvalidPostOption`. */
export interface SignOptions {
  readonly bucket: string
  readonly region: string
  readonly credentials: Credentials
  /** The object's key. If it contains `${filename}`, S3 inserts the name of the file. */
  readonly key?: string | undefined
  /** In place of `key`: the prefix after which the file keeps its own name. */
  readonly keyPrefix?: string | undefined
  /** The address of another S3 server, to which the bucket is appended as a path. Default: Amazon's for the region. */
  readonly endpoint?: string | URL | undefined
  /** The exact address of the form, if neither of the others is correct. */
  readonly url?: string | URL | undefined
  /** The lifetime of the form: seconds, as with Amazon's signers, or a duration. Default: 1 hour, maximum: 7 days. */
  readonly expiresIn?: number | Exclude<Duration.Input, number> | undefined
  /** The signing time: epoch milliseconds, an ISO date, or a `Date`. Default: now. */
  readonly at?: number | string | Date | undefined
  /** Additional conditions of the policy. A field with a condition here gets no other. */
  readonly conditions?: ReadonlyArray<PostPolicy.Condition | WrittenCondition> | undefined
  /** Additional fields of the form. Each gets a condition with its value. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** The status of a success. Default: S3's 204, from which a browser learns the least. */
  readonly successStatus?: 200 | 201 | 204 | undefined
}
