/**
 * Each storage's own texts in place of S3's, by the failed check. `*` is for all checks that are not listed.
 */
import type { Refusal } from "./wire.ts"

/** Texts by check. */
export type Words = Readonly<Record<string, Partial<Refusal>>>

const ceph: Words = {
  // Ceph's gateway omits the messages of nearly all of its errors.
  "*": { message: "", fields: {} },
  unknownKey: { message: "", fields: {} },
  sessionEnded: { status: 403, code: "InvalidAccessKeyId", message: "", fields: {} },
  badToken: { status: 403, code: "InvalidAccessKeyId", message: "", fields: {} },
  noLength: { status: 411, code: "MissingContentLength", message: "", fields: {} },
  stalled: { status: 408, code: "RequestTimeout", message: "", fields: {} },
  twoProofs: { status: 403, code: "AccessDenied", message: "", fields: {} },
  urlParameters: { status: 403, code: "AccessDenied", message: "", fields: {} },
  formProof: { status: 403, code: "AccessDenied", message: "", fields: {} },
  uncovered: { status: 403, code: "AccessDenied", message: "Policy missing condition: {field}", fields: {} },
  condition: { status: 403, code: "AccessDenied", message: "Policy condition failed: {condition}", fields: {} },
  policyExpired: { status: 403, code: "AccessDenied", message: "Policy expired", fields: {} },
  notMultipart: {
    status: 400,
    code: "InvalidArgument",
    message: "Request Content-Type is not multipart/form-data",
    fields: {},
  },
  noBoundary: { status: 400, code: "InvalidArgument", message: "Missing multipart boundary specification", fields: {} },
}

const r2: Words = {
  badSignature: {
    message:
      "The request signature we calculated does not match the signature you provided. Check your secret access key and signing method. ",
    fields: {},
  },
  unknownKey: { status: 401, code: "Unauthorized", message: "Unauthorized", fields: {} },
  expired: { status: 400, code: "ExpiredRequest", message: "Request has expired", fields: {} },
  region: {
    status: 400,
    code: "InvalidRegionName",
    message: "The region name '{region}' is not valid. Must be one of: wnam, enam, weur, eeur, apac, oc, auto",
    fields: {},
  },
  slowDown: { status: 429, code: "TooManyRequests", message: "Reduce your request rate." },
  noLength: {
    status: 411,
    code: "MissingContentLength",
    message: "You must provide the Content-Length HTTP header.",
    fields: {},
  },
}

const b2: Words = {
  badSignature: { message: "Signature validation failed", fields: {} },
  unknownKey: { message: "The key '{id}' is not valid", fields: {} },
  denied: { message: "not entitled", fields: {} },
  noBucket: { message: "The specified bucket does not exist: {bucket}", fields: {} },
  noLength: {
    status: 411,
    code: "MissingContentLength",
    message: "You must provide the Content-Length HTTP header.",
    fields: {},
  },
  slowDown: { status: 503, code: "ServiceUnavailable", message: "no tomes available" },
}

const gcs: Words = {
  anonymous: {
    message: "Access denied.",
    fields: {
      Details: "Anonymous caller does not have storage.objects.create access to the Google Cloud Storage object.",
    },
  },
  badSignature: {
    message:
      "The request signature we calculated does not match the signature you provided. Check your Google secret key and signing method.",
  },
  unknownKey: {
    status: 403,
    code: "InvalidSecurity",
    message: "The provided security credentials are not valid.",
    fields: {},
  },
  expired: {
    status: 400,
    code: "ExpiredToken",
    message: "The provided token has expired.",
    fields: { Details: "Request signature expired at: {expires}" },
  },
  denied: {
    message: "Access denied.",
    fields: {
      Details:
        "signer@invented-1.iam.gserviceaccount.com does not have storage.objects.create access to the Google Cloud Storage object.",
    },
  },
  noBucket: { message: "The specified bucket does not exist.", fields: {} },
  noObject: { message: "The specified key does not exist.", fields: { Details: "No such object: {bucket}/{key}" } },
  noLength: {
    status: 411,
    code: "MissingContentLength",
    message: "You must provide the Content-Length HTTP header.",
    fields: {},
  },
  slowDown: { status: 429, code: "SlowDown", message: "Please reduce your request rate." },
}

const minio: Words = {
  anonymous: { message: "Access Denied." },
  unknownKey: { message: "The Access Key Id you provided does not exist in our records.", fields: {} },
  badSignature: { fields: {} },
  denied: { message: "Access Denied." },
  expired: { message: "Request has expired", fields: {} },
  notYet: { message: "Request is not valid yet", fields: {} },
  skewed: { message: "The difference between the request time and the server's time is too large.", fields: {} },
  region: {
    status: 400,
    code: "AuthorizationHeaderMalformed",
    message: "The authorization header is malformed; the region is wrong; expecting '{expected}'.",
    fields: { Region: "{expected}" },
  },
  condition: {
    message: "Access Denied. (Invalid according to Policy: Policy Condition failed: {condition})",
    fields: {},
  },
  policyExpired: { message: "Access Denied. (Invalid according to Policy: Policy expired)", fields: {} },
  uncovered: {
    message:
      'Access Denied. (Each form field that you specify in a form must appear in the list of policy conditions. "{field}" not specified in the policy.)',
    fields: {},
  },
  noLength: {
    status: 411,
    code: "MissingContentLength",
    message: "You must provide the Content-Length HTTP header.",
    fields: {},
  },
  slowDown: { message: "Resource requested is unreadable, please reduce your request rate" },
}

const wasabi: Words = { slowDown: { message: "Please reduce your request rate." } }

const ibm: Words = {
  badSignature: {
    message:
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. For more information, see REST Authentication and SOAP Authentication for details.",
    fields: {},
  },
  unknownKey: { message: "The AWS Access Key ID you provided does not exist in our records.", fields: {} },
}

const oci: Words = {
  badSignature: {
    message:
      "The secret key required to complete authentication could not be found. The region must be specified if this is not the home region for the tenancy.",
    fields: {},
  },
  unknownKey: {
    code: "SignatureDoesNotMatch",
    message:
      "The secret key required to complete authentication could not be found. The region must be specified if this is not the home region for the tenancy.",
    fields: {},
  },
  region: {
    status: 403,
    code: "SignatureDoesNotMatch",
    message:
      "The secret key required to complete authentication could not be found. The region must be specified if this is not the home region for the tenancy.",
    fields: {},
  },
}

const oss: Words = {
  unknownKey: {
    message: "The OSS Access Key Id you provided does not exist in our records.",
    fields: { OSSAccessKeyId: "{id}" },
  },
  badSignature: { fields: { OSSAccessKeyId: "{id}" } },
  expired: { message: "Request has expired." },
  denied: { message: "You have no right to access this object because of bucket acl." },
  noLength: {
    status: 411,
    code: "MissingContentLength",
    message: "You must provide the Content-Length HTTP header.",
    fields: {},
  },
}

const cos: Words = {
  unknownKey: { message: "The Access Key Id you provided does not exist in our records", fields: {} },
  badSignature: {
    message: "The Signature you specified is invalid.",
    fields: {},
  },
  denied: { message: "Access Denied." },
  noLength: {
    status: 411,
    code: "MissingContentLength",
    message: "You must provide the Content-Length HTTP header.",
    fields: {},
  },
}

const obs: Words = {
  unknownKey: { message: "The OBS Access Key Id you provided does not exist in our records.", fields: {} },
  noLength: {
    status: 411,
    code: "MissingContentLength",
    message: "You must provide the Content-Length HTTP header.",
    fields: {},
  },
}

const supabase: Words = {
  "*": { fields: {} },
  unknownKey: {
    status: 403,
    code: "InvalidAccessKeyId",
    message: "The access key id you provided does not exist in our records.",
    fields: {},
  },
  noBucket: { message: "The specified bucket does not exist", fields: {} },
  noObject: { message: "Object not found", fields: {} },
}

export const words = { b2, ceph, cos, gcs, ibm, minio, obs, oci, oss, r2, supabase, wasabi }
