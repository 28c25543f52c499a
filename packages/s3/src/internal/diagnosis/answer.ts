/**
 * Maps the response of S3, or of a compatible server, to the defects that can have caused it.
 *
 * Servers word their refusals differently, and many use one message for several causes. They share the order of their checks: a form
 * cannot be checked against its policy before its fields were read. So a refusal maps to the phases that it can come from, by its code
 * and never by one server's message alone, and only defects of these phases can have caused it.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import * as StorageMarks from "../../StorageMarks.ts"
import * as Meanings from "./dialects/meanings.ts"
import * as Batch from "./batch.ts"
import * as Lookup from "../errors/lookup.ts"
import * as ErrorResponse from "../errors/response.ts"

/** The phases in which a server checks an upload, in order. */
export const phases = [
  "place", // which host, bucket and region
  "encoding", // whether the body is a multipart form at all
  "form", // which fields there are, in which order, and one file
  "credentials", // whose key it is, its session, and whether its time has come or gone
  "signature", // whether the request is the one that was signed
  "policy", // whether the form keeps to its policy
  "permission", // whether the signer may do it
  "body", // length, digest, size
  "state", // what is there already
  "service", // whether the service can
] as const

/** One of these phases. */
export type Phase = (typeof phases)[number]

/** A response as the rules see it. */
export interface S3Answer {
  readonly status: number
  /** Empty if the response has none. */
  readonly code: string
  /** S3's equivalent of a vendor's own code, or else the same code. */
  readonly means: string
  readonly message: string
  /** An element of the error document, by name. */
  readonly element: (name: string) => string | undefined
  readonly elements: Readonly<Record<string, string>>
  readonly header: (name: string) => string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly requestId: string | undefined
  readonly hostId: string | undefined
  /** Whether the headers identify a storage. */
  readonly isMarked: boolean
  /** Whether the body is an error document with S3's elements. */
  readonly isErrorDocument: boolean
  /** Whether its format is also specific to S3. JSON is not. */
  readonly isOwnForm: boolean
  /** Whether something other than S3 wrote the body: a page, or a document of another format. */
  readonly isForeign: boolean
  readonly body: string
  /** Whether only a signed request, valid or not, can receive this response. */
  readonly speaksOfProof: boolean
  /** The phases in which the cause can be. */
  readonly phases: ReadonlySet<Phase>
}

/** Reads the response of an exchange. Without a response, every phase is possible. */
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

/** The codes of reason phrases that only storages send. The response to a HEAD has no other text. */
const byReason: Readonly<Record<string, string>> = { "slow down": "SlowDown", "reduce your request rate": "SlowDown" }

/** A short message that a storage sends as plain text, as Google Cloud Storage does for the chunks of an upload. */
const plainIn = (body: string, headers: S3Answer["headers"]): string =>
  body.length <= longestMessage &&
  /^text\/plain\b/i.test(Exchanges.header(headers, "content-type") ?? "") &&
  /\S\s+\S+\s+\S/.test(body.slice(0, 200)) &&
  StorageMarks.isStorage(headers)
    ? body.trim()
    : ""

/** Characters of a message that the rules read. S3's messages have fewer than 300. */
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

/** A refusal of the request itself, before any later phase. */
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

/** The phases of codes without a row of their own, by the class of the code. */
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
    // S3 also sends this code for a body that is not a form, and then names the condition.
    return /multipart\/form-data/i.test(elements["Condition"] ?? message) ? set("encoding") : set("state")
  }
  if (code === "AccessDenied") return deniedPhases(message)
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined
  if (known !== undefined) return known
  const told = byClass[Lookup.find({ key: code, status, form: "xml" }).class]
  if (code !== "" && told !== undefined) return told
  // A server that cannot parse the body sends 500; otherwise the fault is in the service.
  if (status === 500) return set("encoding", "service")
  if (status > 500) return set("service")
  // A form whose body ended early can look like one for a missing object.
  if (status === 404) return set("place", "encoding", "body", "state")
  return anything
}

/** `AccessDenied` covers almost every cause; its message, if any, narrows it. */
const deniedPhases = (message: string): ReadonlySet<Phase> => {
  if (/\bpolicy\b/i.test(message) && !/not authorized to perform/i.test(message))
    return /length|size/i.test(message) ? set("form", "policy", "body") : set("form", "policy")
  if (/expired|not yet valid/i.test(message)) return set("credentials")
  if (/not signed/i.test(message)) return set("signature")
  if (/not authorized to perform/i.test(message)) return set("permission")
  return set("form", "credentials", "signature", "policy", "permission")
}
