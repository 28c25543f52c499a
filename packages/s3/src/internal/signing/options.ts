/**
 * What a signer takes.
 */
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import type * as PostPolicy from "../../PostPolicy.ts"

/** Who signs. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string> | string
  /** The token of a session: goes into the form and into the policy by itself. */
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
  /** The object's key. With `${filename}` in it, S3 puts the name of the file there. */
  readonly key?: string | undefined
  /** Instead of `key`: the file keeps its own name behind this. */
  readonly keyPrefix?: string | undefined
  /** Another S3 server; the bucket is appended as a path. Default: Amazon's for the region. */
  readonly endpoint?: string | URL | undefined
  /** The address of the form to the letter, where neither of the two is right. */
  readonly url?: string | URL | undefined
  /** How long the form may be used: seconds, as with Amazon's signers, or a duration. Default 1 hour, at most 7 days. */
  readonly expiresIn?: number | Exclude<Duration.Input, number> | undefined
  /** When it is signed: epoch milliseconds, an ISO date, or a `Date`. Default: now. */
  readonly at?: number | string | Date | undefined
  /** What else the policy asks for. A field that has a condition here gets no other. */
  readonly conditions?: ReadonlyArray<PostPolicy.Condition | WrittenCondition> | undefined
  /** What else the form holds, each with a condition of its own value. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** What a success answers. Default: S3's 204, which a browser learns least from. */
  readonly successStatus?: 200 | 201 | 204 | undefined
}
