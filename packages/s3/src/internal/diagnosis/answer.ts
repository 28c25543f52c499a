/**
 * Narrows the possible causes of an error, based on the response from S3 or from an S3-compatible server.
 *
 * Servers word their errors differently, and many servers use one error for several causes. All servers share the order of
 * their checks: a form cannot be compared with its policy before its fields have been read. Therefore, an error code is
 * mapped to the phases that can send the code, and only defects in these phases can be the cause. A message that only one
 * server sends is never sufficient to identify a cause.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import * as StorageMarks from "../../StorageMarks.ts"
import * as Meanings from "./dialects/meanings.ts"
import * as Batch from "./batch.ts"
import * as Lookup from "../errors/lookup.ts"
import * as ErrorResponse from "../errors/response.ts"

/** The phases in which a server checks an upload, in chronological order. */
export const phases = [
  "place", // which host, bucket and region
  "encoding", // whether the body is a multipart form
  "form", // the fields, their order, and exactly one file
  "credentials", // the key, its session, and the validity in time
  "signature", // whether the signature matches the request
  "policy", // whether the form satisfies its policy
  "permission", // whether the signer has the permission
  "body", // length, digest, size
  "state", // the existing objects and settings
  "service", // the availability of the service
] as const

/** One of the phases. */
export type Phase = (typeof phases)[number]

/** The parts of a response that the rules use. */
export interface S3Answer {
  readonly status: number
  /** The error code; empty if the response does not contain one. */
  readonly code: string
  /** The S3 code that corresponds to a vendor's own code; otherwise, the error code unchanged. */
  readonly means: string
  readonly message: string
  /** Returns an element of the error document by its name. */
  readonly element: (name: string) => string | undefined
  readonly elements: Readonly<Record<string, string>>
  readonly header: (name: string) => string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly requestId: string | undefined
  readonly hostId: string | undefined
  /** Whether the headers identify a storage service. */
  readonly isMarked: boolean
  /** Whether the body is an error document that has S3's fields. */
  readonly isErrorDocument: boolean
  /** Whether the error document also has a format that only S3 uses; many services use JSON. */
  readonly isOwnForm: boolean
  /** Whether something other than S3 wrote the body: the body is a page or a document in another format. */
  readonly isForeign: boolean
  readonly body: string
  /** Whether a server sends this response only to signed requests, regardless of whether the signature is correct. */
  readonly speaksOfProof: boolean
  /** The phases that may contain the cause. */
  readonly phases: ReadonlySet<Phase>
}

/** Reads the response in an exchange. If there is no response, every phase is possible. */
export const read = ({ response }: Exchange): S3Answer => {
  const status = response?.status ?? 0
  const body = response?.body ?? ""
  const headers = response?.headers ?? {}
  const said = ErrorResponse.read({ body, headers })
  const { document, hostId, requestId, resource } = said
  const code = said.code === "" && body === "" ? (byReason[response?.reason?.toLowerCase() ?? ""] ?? "") : said.code
  const isForeign =
    document === undefined &&
    (/^\s*(?:<(?:!doctype html|html|head|body)\b|[{[])/i.test(body) ||
      (body !== "" && /^text\/html\b/i.test(Exchanges.header(headers, "content-type") ?? ""))) &&
    !StorageMarks.isStorage(headers)
  const message = (said.message === "" ? plainIn(body, headers) : said.message).slice(0, longestMessage)
  const means = Meanings.of(code, message)
  const elements: Readonly<Record<string, string>> = {
    ...said.extra,
    ...(resource === undefined ? {} : { Resource: resource }),
  }
  return {
    status,
    code,
    means,
    message,
    elements,
    element: (name) => (Object.hasOwn(elements, name) ? elements[name] : undefined),
    header: (name) => Exchanges.header(headers, name),
    headers,
    requestId,
    hostId,
    isMarked: StorageMarks.isStorage(headers),
    isErrorDocument: document !== undefined,
    isOwnForm: document?.isOwnForm === true,
    isForeign,
    body,
    speaksOfProof:
      proofCodes.has(code) || /according to policy|policy (?:expired|condition|missing|check)/i.test(message),
    phases: isForeign
      ? set()
      : status === 200 && Batch.failuresIn(body) !== undefined
        ? set("permission", "state")
        : phasesOf(status, means, message, elements),
  }
}

/** The error codes for reason phrases that only storage services write. The response to a HEAD contains no other text. */
const byReason: Readonly<Record<string, string>> = { "slow down": "SlowDown", "reduce your request rate": "SlowDown" }

/** A message that a storage service sends as plain text: Google Cloud Storage sends it in response to upload chunks. */
const plainIn = (body: string, headers: S3Answer["headers"]): string =>
  body.length <= longestMessage &&
  /^text\/plain\b/i.test(Exchanges.header(headers, "content-type") ?? "") &&
  /\S\s+\S+\s+\S/.test(body.slice(0, 200)) &&
  StorageMarks.isStorage(headers)
    ? body.trim()
    : ""

/** The maximum length of a message that the rules read, in characters: S3's messages are shorter than 300 characters. */
const longestMessage = 2000

const proofCodes: ReadonlySet<string> = new Set([
  "ExpiredToken",
  "InvalidAccessKeyId",
  "InvalidToken",
  "InvalidTokenId",
  "SignatureDoesNotMatch",
])

const anything: ReadonlySet<Phase> = new Set(phases)

const set = (...some: ReadonlyArray<Phase>): ReadonlySet<Phase> => new Set(some)

/** The phases that may contain the cause of an error that concerns the request itself. */
const badRequest = set("encoding", "form", "credentials", "signature", "policy", "body")

const byCode: Readonly<Record<string, ReadonlySet<Phase>>> = {
  AccessControlListNotSupported: set("permission"),
  AccountProblem: set("permission"),
  AllAccessDisabled: set("permission"),
  AuthenticationRequired: set("credentials"),
  AuthorizationHeaderMalformed: set("place", "credentials", "signature"),
  AuthorizationQueryParametersError: set("place", "credentials", "signature"),
  BadDigest: set("body"),
  BucketAlreadyExists: set("state"),
  BucketAlreadyOwnedByYou: set("state"),
  BucketNotEmpty: set("state"),
  ConditionalRequestConflict: set("state"),
  EntityTooLarge: set("body"),
  EntityTooSmall: set("body", "state"),
  ExpiredRequest: set("credentials"),
  ExpiredToken: set("credentials"),
  IllegalLocationConstraintException: set("place"),
  IncompleteBody: set("encoding", "body"),
  IncorrectNumberOfFilesInPOSTRequest: set("form"),
  IncorrectNumberOfFilesInPostRequest: set("form"),
  MaxPOSTPreDataLengthExceededError: set("form"),
  InvalidAccessKeyId: set("form", "credentials"),
  InvalidArgument: badRequest,
  InvalidBucketName: set("place"),
  InvalidDigest: set("body"),
  InvalidLocationConstraint: set("place"),
  InvalidObjectName: set("place"),
  InvalidPart: set("state"),
  InvalidPartOrder: set("state"),
  InvalidPartNumber: set("state"),
  InvalidPolicyDocument: set("form", "policy"),
  InvalidRange: set("state"),
  InvalidRequest: badRequest,
  InvalidRegionName: set("place"),
  InvalidSecurity: set("form", "credentials"),
  InvalidStorageClass: set("body"),
  InvalidTag: set("body"),
  InvalidToken: set("form", "credentials"),
  InvalidTokenId: set("form", "credentials"),
  InvalidURI: set("place"),
  KeyTooLongError: set("place"),
  MalformedACLError: set("body"),
  MalformedPOSTRequest: set("encoding", "form"),
  MalformedPolicy: set("body"),
  MaxPostPreDataLengthExceeded: set("form"),
  MaxPostPreDataLengthExceededError: set("form"),
  MalformedXML: set("body"),
  MetadataTooLarge: set("body"),
  MissingAuthenticationToken: set("credentials"),
  MissingContentLength: set("body"),
  MissingContentMD5: set("body"),
  MissingRequestBodyError: set("body"),
  NoSuchBucket: set("place"),
  NoSuchUpload: set("state"),
  NotImplemented: set("encoding", "body", "signature"),
  NotSignedUp: set("permission"),
  OperationAborted: set("state"),
  PermanentRedirect: set("place"),
  QuotaExceeded: set("service"),
  RequestHeaderSectionTooLarge: set("form"),
  RequestIsNotMultiPartContent: set("encoding"),
  RequestTimeTooSkewed: set("credentials"),
  RequestTimeout: set("encoding", "body"),
  SignatureDoesNotMatch: set("form", "credentials", "signature"),
  TemporaryRedirect: set("place"),
  UserKeyMustBeSpecified: set("form"),
  UserSuspended: set("permission"),
  XAmzContentChecksumMismatch: set("body"),
  XAmzContentSHA256Mismatch: set("body"),
}

/** The phases for codes without a table row, by the subject of the code. */
const byClass: Readonly<Record<string, ReadonlySet<Phase> | undefined>> = {
  AccountRefused: set("permission"),
  EncryptionKeyRefused: set("permission", "body"),
  LimitExceeded: set("service"),
  ResourceConflict: set("state"),
  ResourceNotFound: set("place", "state"),
  WrongEndpoint: set("place"),
}

const phasesOf = (
  status: number,
  code: string,
  message: string,
  elements: Readonly<Record<string, string>>,
): ReadonlySet<Phase> => {
  if (status === 0) return anything
  if (code === "PreconditionFailed") {
    // S3 also sends it for a body that is not a form, and then names the condition that it means.
    return /multipart\/form-data/i.test(elements["Condition"] ?? message) ? set("encoding") : set("state")
  }
  if (code === "AccessDenied") return deniedPhases(message)
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined
  if (known !== undefined) return known
  const told = byClass[Lookup.find({ key: code, status, form: "xml" }).class]
  if (code !== "" && told !== undefined) return told
  // A server may respond with 500 if it cannot parse a body. Later phases are its own responsibility.
  if (status === 500) return set("encoding", "service")
  if (status > 500) return set("service")
  // A form whose body was cut can be mistaken for a request for a missing object.
  if (status === 404) return set("place", "encoding", "body", "state")
  return anything
}

/** `AccessDenied` covers almost every cause; its message, if present, narrows the causes. */
const deniedPhases = (message: string): ReadonlySet<Phase> => {
  if (/\bpolicy\b/i.test(message) && !/not authorized to perform/i.test(message))
    return /length|size/i.test(message) ? set("form", "policy", "body") : set("form", "policy")
  if (/expired|not yet valid/i.test(message)) return set("credentials")
  if (/not signed/i.test(message)) return set("signature")
  if (/not authorized to perform/i.test(message)) return set("permission")
  return set("form", "credentials", "signature", "policy", "permission")
}
