/**
 * The data that the rules read from an S3 request, whether or not it was sent: the form fields in order, the decoded policy
 * and the parsed URL.
 */
import {
  type Exchange,
  type FormField,
  type FormFile,
  type FormPart,
  isFile,
  type Request,
  timeOf,
} from "@holdfast/diagnosis/Exchange"
import * as Exchanges from "@holdfast/diagnosis/Exchange"
import * as RetryHint from "@holdfast/http/RetryHint"
import * as PostPolicy from "../../PostPolicy.ts"
import { basicDate } from "../time/basicDate.ts"
import * as Answer from "./answer.ts"
import * as Hosts from "./client/host.ts"
import * as Client from "./client/words.ts"
import { type Credential, keyIdOfV2, parse as parseCredential } from "./credential.ts"
import * as Identify from "./dialects/identify.ts"
import type { Words } from "./dialects/sentences/row.ts"

/** A form field and its position. A late field follows the file, so S3 does not read it. */
export interface PlacedField extends FormField {
  /** The index among all form parts, counted from 0. */
  readonly index: number
  readonly late: boolean
}

/** A form whose parts are in the order in which they are sent. */
export interface Form {
  readonly parts: ReadonlyArray<FormPart>
  /** The parts that contain files, regardless of their names, with their positions. */
  readonly files: ReadonlyArray<FormFile & { readonly index: number }>
  /** The part at which S3 stops reading the form: the first one named `file`. */
  readonly file: (FormFile & { readonly index: number }) | undefined
  readonly fields: ReadonlyArray<PlacedField>
  /** The first field with the given name, ignoring case. */
  readonly field: (name: string) => PlacedField | undefined
  /** The first field with the given name among the fields before the file, because S3 reads only those fields. */
  readonly read: (name: string) => PlacedField | undefined
  readonly policy: PostPolicy.Decoded | undefined
}

export type { Credential } from "./credential.ts"

/** How the request is authenticated. */
export type SenderProof = "form" | "query" | "header" | "nothing"

/** The part of a multipart upload that a request sends, with its position in the upload. */
export interface PartOfPlan {
  /** The part number, counted from 1. */
  readonly number: number
  /** The size in bytes. */
  readonly size: number
  readonly last: boolean
}

/** Information that only the sender has before it sends the request. */
export interface Plan {
  readonly part?: PartOfPlan | undefined
  /** The number of parts in the upload. */
  readonly parts?: number | undefined
  /** The bandwidth of the connection in bytes per second. */
  readonly bytesPerSecond?: number | undefined
  /** The boundary used in the body of a form. */
  readonly boundary?: string | undefined
  /** The server's time in milliseconds since the epoch, as stated in earlier responses. */
  readonly serverTime?: number | undefined
}

/** What is known about a request. Missing values are `undefined`. No value contains a secret. */
export interface S3Facts {
  readonly exchange: Exchange
  /**
   * Whether the captured request is complete enough to check: it includes every place that can contain a signature or token.
   */
  readonly hasRequest: boolean
  /** The name of the operation, if the client states one. */
  readonly operation: string | undefined
  readonly method: string | undefined
  readonly url: URL | undefined
  readonly header: (name: string) => string | undefined
  /** Returns a query parameter by its name, ignoring case. */
  readonly query: (name: string) => string | undefined
  readonly form: Form | undefined
  readonly proof: SenderProof | undefined
  /** The signature version that the request uses. */
  readonly version: 2 | 4 | undefined
  readonly credential: Credential | undefined
  /** The key id in either signature version, reduced to the letters that show its type. */
  readonly keyId: string | undefined
  /** The signing time, in milliseconds since the epoch. */
  readonly signedAt: number | undefined
  /**
   * The clock readings at the time of the response. `judge` is the server's time, or the local time if the server did not
   * send its own.
   */
  readonly clock: {
    readonly server: number | undefined
    readonly local: number | undefined
    readonly judge: number | undefined
  }
  readonly answer: Answer.S3Answer
  /** The error message of a client that did not send a request. */
  readonly client: Client.Said | undefined
  /** The fault in the name of a host that did not respond. */
  readonly misnamed: Hosts.Misnamed | undefined
  /** The storage service that received the request or sent the response. */
  readonly dialect: Identify.Known
  readonly words: Words
  readonly plan: Plan
}

/** A request without a response has no message, so the lint does not load the tables of vendor messages. */
const noWords: Words = { told: undefined, stated: () => undefined, remark: () => "" }

/**
 * The maximum number of parameters that are parsed. A presigned URL has about ten parameters. The time to parse thousands of
 * parameters grows faster than linearly.
 */
const mostParameters = 1000

/**
 * Reads the data for the rules from a redacted exchange. The given reader interprets the messages in the exchange. It never
 * throws.
 */
export const read = (
  exchange: Exchange,
  plan: Plan = {},
  readWords: (answer: Answer.S3Answer, vendor: string) => Words = () => noWords,
): S3Facts => {
  const { request } = exchange
  const header = (name: string) => Exchanges.header(request?.headers ?? {}, name)
  const address = request?.url?.split("&", mostParameters).join("&")
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined
  const parameters = new Map(
    url === undefined ? [] : [...url.searchParams].map(([k, v]) => [k.toLowerCase(), v] as const),
  )
  const query = (name: string) => parameters.get(name.toLowerCase())
  // A signed URL accepts a bare body. If a form without its own authentication is sent to it, S3 does not treat it as a
  // form.
  const isSigned = ["x-amz-signature", "x-goog-signature", "x-amz-credential", "signature"].some(
    (name) => query(name) !== undefined,
  )
  const isPut = request?.method?.toUpperCase() === "PUT"
  const form =
    request?.form === undefined || (isSigned && (isPut || !request.form.some(isProof)))
      ? undefined
      : readForm(request.form)
  const authorization = header("authorization")
  const answer = Answer.read(exchange)
  const dialect = Identify.dialectOf(url?.hostname, answer)
  const proof =
    proofOf(form, query, authorization) ??
    (isWhole(request) && !answer.speaksOfProof ? ("nothing" as const) : undefined)
  const credential = readCredential(form, query, authorization)
  const server =
    dateOf(answer.element("ServerTime")) ?? RetryHint.httpDate(answer.header("date") ?? "") ?? plan.serverTime
  const local = timeOf(exchange)
  return {
    exchange,
    hasRequest: proof !== undefined,
    operation: request?.operation,
    method: request?.method?.toUpperCase(),
    url,
    header,
    query,
    form,
    proof,
    version: versionOf(form, query, authorization),
    credential,
    keyId:
      credential?.keyId ??
      form?.field("awsaccesskeyid")?.value ??
      query("awsaccesskeyid") ??
      query("ossaccesskeyid") ??
      query("googleaccessid") ??
      keyIdOfV2(authorization),
    signedAt: basicDate(form?.field("x-amz-date")?.value ?? ofAny(query, "date") ?? ofAny(header, "date") ?? ""),
    clock: { server, local, judge: server ?? local },
    answer,
    client: Client.read(exchange.failure),
    misnamed: Hosts.read(exchange),
    dialect,
    words: readWords(answer, dialect.name),
    plan,
  }
}

const isProof = ({ name }: FormPart): boolean =>
  /^(?:policy|signature|awsaccesskeyid|x-amz-(?:algorithm|credential|signature))$/i.test(name)

const readForm = (parts: ReadonlyArray<FormPart>): Form => {
  const files = parts.flatMap((part, index) => {
    if (isFile(part)) return [{ ...part, index }]
    // A part with this name is the file, with or without a file name.
    return part.name.toLowerCase() === "file" ? [{ name: part.name, size: part.bytes, index }] : []
  })
  const file = files.find(({ name }) => name.toLowerCase() === "file")
  const fields = parts.flatMap((part, index) =>
    isFile(part) || part.name.toLowerCase() === "file"
      ? []
      : [{ ...part, index, late: file !== undefined && index > file.index }],
  )
  const [first, firstRead] = [firstOf(fields), firstOf(fields.filter(({ late }) => !late))]
  const field = (name: string) => first.get(name.toLowerCase())
  const policy = field("policy")
  return {
    parts,
    files,
    file,
    fields,
    field,
    read: (name) => firstRead.get(name.toLowerCase()),
    policy: policy === undefined ? undefined : PostPolicy.decode(policy.value),
  }
}

/** The first field with each name, keyed by the lowercase name. */
const firstOf = (fields: ReadonlyArray<PlacedField>): ReadonlyMap<string, PlacedField> => {
  const first = new Map<string, PlacedField>()
  for (const field of fields) {
    const name = field.name.toLowerCase()
    if (!first.has(name)) first.set(name, field)
  }
  return first
}

/** Whether every place that can contain a signature or token was captured: headers, query and the body of a form. */
const isWhole = (request: Request | undefined): boolean => {
  if (request?.headers === undefined || request.url === undefined) return false
  if (request.method?.toUpperCase() !== "POST") return true
  return request.body !== undefined || request.size !== undefined || /[?&]upload(?:s|Id)\b/.test(request.url)
}

/**
 * The vendors' prefixes for version 4 parameters and headers (Google Cloud Storage, "Signed URLs"; Alibaba Cloud OSS,
 * "Include signature V4 in a URL").
 */
const families = ["x-amz-", "x-goog-", "x-oss-"] as const

/** A version 4 parameter or header with any vendor's prefix. */
export const ofAny = (get: (name: string) => string | undefined, name: string): string | undefined => {
  for (const family of families) {
    const value = get(family + name)
    if (value !== undefined) return value
  }
  return undefined
}

const proofOf = (
  form: Form | undefined,
  query: S3Facts["query"],
  authorization: string | undefined,
): SenderProof | undefined => {
  if (form !== undefined) return "form"
  if (["signature", "credential", "algorithm"].some((name) => ofAny(query, name))) return "query"
  if (query("signature") ?? query("awsaccesskeyid")) return "query"
  return authorization === undefined ? undefined : "header"
}

const versionOf = (
  form: Form | undefined,
  query: S3Facts["query"],
  authorization: string | undefined,
): 2 | 4 | undefined => {
  const has = (name: string) => form?.field(name) !== undefined || query(name) !== undefined
  if (["algorithm", "credential", "signature"].some((name) => families.some((family) => has(family + name)))) return 4
  if (["awsaccesskeyid", "signature"].some(has)) return 2
  if (/^(?:AWS4|GOOG4|OSS4)-/.test(authorization ?? "")) return 4
  return /^(?:AWS|GOOG1|OSS|OBS) /.test(authorization ?? "") ? 2 : undefined
}

const readCredential = (
  form: Form | undefined,
  query: S3Facts["query"],
  authorization: string | undefined,
): Credential | undefined => {
  const field = form?.field("x-amz-credential")
  if (field !== undefined) return parseCredential(field.value, `request.form[${field.index}]`)
  const parameter = ofAny(query, "credential")
  if (parameter !== undefined) {
    const family = families.find((one) => query(`${one}credential`) !== undefined)
    const name =
      family === "x-goog-" ? "X-Goog-Credential" : family === "x-oss-" ? "x-oss-credential" : "X-Amz-Credential"
    return parseCredential(parameter, `request.url?${name}`)
  }
  const stated = /Credential=([^,\s]+)/.exec(authorization ?? "")?.[1]
  return stated === undefined ? undefined : parseCredential(stated, "request.headers.authorization")
}

/** An ISO date or an HTTP date, in milliseconds since the epoch. */
export const dateOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const millis = /^\d{4}-/.test(text) ? Date.parse(text) : RetryHint.httpDate(text)
  return millis === undefined || Number.isNaN(millis) ? undefined : millis
}
