/**
 * Helper functions for the rules about operations on buckets and objects.
 */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

/** Creates a rule about an operation on a bucket or an object. */
export const rule = topic("operations")

/** The error code and the vendor's message, as evidence. */
export const words = (facts: S3Facts, ...elements: ReadonlyArray<string>): ReadonlyArray<Evidence> => {
  const { message } = facts.answer
  return [
    ...Asked.theCode(facts),
    ...(message === "" ? [] : [{ at: "response.body.Message", name: "Message", observed: message }]),
    ...Asked.inAnswer(facts, ...elements),
  ]
}

/** The bucket named in the response or the request, in quotation marks. */
export const bucketOf = (facts: S3Facts): string => {
  const name = facts.answer.element("BucketName") ?? Asked.placeOf(facts)?.bucket
  return name === undefined ? "The bucket" : `The bucket ${JSON.stringify(name)}`
}

/** The Amazon pages that these rules cite. */
export const pages = {
  createBucket: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html",
  deleteBucket: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-bucket.html",
  deleteMarker: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html",
  deleteObjects: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html",
  errors: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  cors: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors-troubleshooting.html",
  getObject: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html",
  headObject: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html",
  mfa: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html",
  policies: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html",
  policyLanguage:
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-bucket-user-policy-specifying-principal-intro.html",
  regions: "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html",
} as const
