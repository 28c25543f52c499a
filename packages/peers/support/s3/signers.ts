/**
 * The form signers, behind one interface.
 */
import { PostPolicy } from "@holdfast/s3"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { Effect, Redacted } from "effect"
import * as AwsSdk from "./AwsSdk.ts"
import * as Boto3 from "./Boto3.ts"

/** Credentials in the form of a signer. */
export interface Signed {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

/** What to sign besides the key: fields with a condition each, the allowed size of the file, and the duration. */
export interface Terms {
  readonly fields?: Readonly<Record<string, string>>
  readonly range?: readonly [min: number, max: number]
  readonly expiresIn?: number
}

/** A signer of forms. */
export type Sign = (order: AwsSdk.Order, terms?: Terms) => Promise<Signed> | Signed

/** The signer that most servers use. */
export const boto3 =
  (version: "s3v4" | "s3"): Sign =>
  (order, { expiresIn = 300, fields = {}, range } = {}) =>
    Boto3.post({
      ...order,
      version,
      fields,
      conditions: [
        ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
        ...(range === undefined ? [] : [["content-length-range", ...range]]),
      ],
      expiresIn,
    })

/** Amazon's signer for JavaScript. */
export const sdk: Sign = (order, { expiresIn = 300, fields = {}, range } = {}) =>
  AwsSdk.post({
    ...order,
    Fields: { ...fields },
    Conditions: range === undefined ? [] : [["content-length-range", ...range]],
    Expires: expiresIn,
  })

/** Our own signer, as used by a server without Python. */
const own: Sign = ({ bucket, credentials, endpoint, key }, { expiresIn = 300, fields = {}, range } = {}) =>
  Effect.runPromise(
    Effect.map(
      PresignedPost.sign({
        bucket,
        region: "us-east-1",
        endpoint,
        key,
        credentials: { ...credentials, secretAccessKey: Redacted.make(credentials.secretAccessKey) },
        expiresIn,
        fields,
        conditions: range === undefined ? [] : [PostPolicy.contentLengthRange(...range)],
      }),
      PresignedPost.reveal,
    ),
  )

/** All signers, with the reason if one is not available. */
export const signers: ReadonlyArray<{
  readonly name: string
  readonly absent: string | undefined
  readonly sign: Sign
}> = [
  { name: "boto3, version 4", absent: Boto3.missing, sign: boto3("s3v4") },
  { name: "boto3, version 2", absent: Boto3.missing, sign: boto3("s3") },
  { name: "the AWS SDK", absent: undefined, sign: sdk },
  { name: "PresignedPost.sign", absent: undefined, sign: own },
]
