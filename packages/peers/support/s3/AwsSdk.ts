/**
 * Amazon's SDK for JavaScript: a signer of URLs and forms, and the client that prepares buckets and inspects their contents.
 */
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3"
import { createPresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post"
import { getSignedUrl } from "@aws-sdk/s3-request-presigner"
import type { Credentials } from "./Credentials.ts"

/** An S3 server, a user, a bucket and a key. */
export interface Order {
  readonly endpoint: string
  readonly credentials: Credentials
  readonly bucket: string
  readonly key: string
}

/** The SDK for one server and user; `checksums` is its `requestChecksumCalculation`. */
const client = (
  { credentials, endpoint }: Pick<Order, "credentials" | "endpoint">,
  checksums: "WHEN_SUPPORTED" | "WHEN_REQUIRED" = "WHEN_REQUIRED",
): S3Client =>
  new S3Client({
    endpoint,
    credentials,
    region: "us-east-1",
    forcePathStyle: true,
    requestChecksumCalculation: checksums,
    maxAttempts: 1,
  })

/** Makes a bucket. */
export const createBucket = async (order: Omit<Order, "key">): Promise<void> => {
  await client(order).send(new CreateBucketCommand({ Bucket: order.bucket }))
}

/** Allows pages of an origin to send to a bucket and to read the response. */
export const allow = async (order: Omit<Order, "key">, origin: string): Promise<void> => {
  const rule = {
    AllowedOrigins: [origin],
    AllowedMethods: ["POST", "PUT"],
    AllowedHeaders: ["*"],
    ExposeHeaders: ["ETag"],
  }
  const configuration = { Bucket: order.bucket, CORSConfiguration: { CORSRules: [rule] } }
  await client(order).send(new PutBucketCorsCommand(configuration))
}

/** Stores an object. */
export const store = async ({ bucket, key, ...order }: Order, content: Uint8Array): Promise<void> => {
  await client(order).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }))
}

/** Denies every user the reading of an object, its owner included. */
export const deny = async ({ bucket, key, ...order }: Order): Promise<void> => {
  const statement = {
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:GetObject"],
    Resource: [`arn:aws:s3:::${bucket}/${key}`],
  }
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] })
  await client(order).send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }))
}

/** A stored object. */
export interface Stored {
  readonly bytes: Uint8Array
  readonly type: string | undefined
}

/** The object stored under a key, or `undefined`. */
export const stored = async (order: Order): Promise<Stored | undefined> => {
  try {
    const { Body, ContentType } = await client(order).send(
      new GetObjectCommand({ Bucket: order.bucket, Key: order.key }),
    )
    return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), type: ContentType }
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined
    throw error
  }
}

/** A presigned PUT URL. */
export const put = (
  order: Order & { readonly signingDate?: Date },
  checksums?: "WHEN_SUPPORTED" | "WHEN_REQUIRED",
): Promise<string> =>
  getSignedUrl(client(order, checksums), new PutObjectCommand({ Bucket: order.bucket, Key: order.key }), {
    expiresIn: 300,
    ...(order.signingDate === undefined ? {} : { signingDate: order.signingDate }),
  })

/** A presigned form. */
export const post = async (
  order: Order & Pick<PresignedPostOptions, "Conditions" | "Fields" | "Expires">,
): Promise<{ readonly url: string; readonly fields: Readonly<Record<string, string>> }> => {
  const { bucket, Conditions = [], Expires = 300, Fields = {}, key } = order
  return await createPresignedPost(client(order), { Bucket: bucket, Key: key, Conditions, Expires, Fields })
}

/** A presigned URL for one part of a multipart upload. */
export const part = (order: Order, uploadId: string, number: number): Promise<string> =>
  getSignedUrl(
    client(order),
    new UploadPartCommand({ Bucket: order.bucket, Key: order.key, UploadId: uploadId, PartNumber: number }),
    { expiresIn: 300 },
  )

/** Starts a multipart upload. Returns a URL for each part, and the URL that completes it. */
export const multipart = async (order: Order, parts: number) => {
  const s3 = client(order)
  const where = { Bucket: order.bucket, Key: order.key }
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(where))
  if (UploadId === undefined) throw new Error("an upload without an id")
  const urls = await Promise.all(Array.from({ length: parts }, (_, n) => part(order, UploadId, n + 1)))
  const last = new CompleteMultipartUploadCommand({ ...where, UploadId })
  return { urls, complete: await getSignedUrl(s3, last, { expiresIn: 300 }) }
}
