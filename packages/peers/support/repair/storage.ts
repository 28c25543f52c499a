/**
 * Faults that Ceph's gateway rejects: forms, presigned URLs and signed headers of a user or of a session.
 */
import type { FormPart, Request } from "@holdfast/diagnosis/Exchange"
import { isFile } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import { Effect, Redacted } from "effect"
import * as AwsSdk from "../s3/AwsSdk.ts"
import { bytes, md5 } from "../requests/samples.ts"
import { authorized } from "./authorization.ts"
import type { Case } from "./proof.ts"
import * as Wire from "./wire.ts"

/** Signing orders for a key in the bucket. */
export interface Orders {
  readonly long: (key: string) => Promise<AwsSdk.Order>
  readonly session: (key: string) => Promise<AwsSdk.Order>
}

const file = bytes(2000)

/** Whether the file is stored under the key, as seen by the user. */
const isStored = async (orders: Orders, order: Promise<AwsSdk.Order>): Promise<boolean> => {
  const { key } = await order
  const stored = await AwsSdk.stored(await orders.long(key))
  return stored !== undefined && Buffer.from(file).equals(stored.bytes)
}

const filePart: FormPart = { name: "file", filename: "clip.mov", size: file.byteLength, type: "video/quicktime" }

/** The project's own form signer. */
const signedForm = async (
  { bucket, credentials, endpoint, key }: AwsSdk.Order,
  at = Date.now(),
): Promise<{ readonly url: string; readonly fields: ReadonlyArray<FormPart> }> => {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const form = await Effect.runPromise(
    PresignedPost.sign({
      bucket,
      endpoint,
      key,
      at,
      region: "us-east-1",
      expiresIn: 300,
      credentials: {
        accessKeyId,
        secretAccessKey: Redacted.make(secretAccessKey),
        ...(sessionToken === undefined ? {} : { sessionToken: Redacted.make(sessionToken) }),
      },
    }),
  )
  const { fields, url } = PresignedPost.reveal(form)
  return { url, fields: Object.entries(fields).map(([name, value]) => ({ name, value })) }
}

type Fields = ReadonlyArray<FormPart>

const isNamed = (name: string) => (part: FormPart) => part.name.toLowerCase() === name

const lacking = (name: string) => (fields: Fields) => fields.filter((part) => !isNamed(name)(part))

const altered = (name: string, alter: (value: string) => string) => (fields: Fields) =>
  fields.map((part) => (isNamed(name)(part) && !isFile(part) ? { ...part, value: alter(part.value) } : part))

const right = (fields: Fields): Fields => [...fields, filePart]

interface WrongForm {
  readonly code: string
  readonly fill: (fields: Fields) => Fields
  readonly headers?: Readonly<Record<string, string>>
  readonly sending?: Wire.Sending
  /** How long ago it was signed, in milliseconds. */
  readonly age?: number
  readonly change?: (request: Request) => Request
}

/** The form cases; `elsewhere` is the form of another session. */
const forms = (elsewhere: Fields): ReadonlyArray<WrongForm> => [
  { code: "HF-S3-POST-002", fill: right, headers: { "Content-Type": "multipart/form-data" } },
  {
    code: "HF-S3-POST-003",
    fill: right,
    headers: { "Content-Type": "multipart/form-data; boundary=copied" },
    sending: { boundary: "of-the-body-itself" },
    change: (request) => ({ ...request, size: formSize(request.form ?? [], "of-the-body-itself") }),
  },
  { code: "HF-S3-POST-011", fill: (fields) => [filePart, ...fields] },
  { code: "HF-S3-POST-012", fill: (fields) => right(lacking("policy")(fields)) },
  { code: "HF-S3-POST-013", fill: (fields) => right(lacking("key")(fields)) },
  { code: "HF-S3-POST-015", fill: (fields) => [...fields, { ...filePart, name: "upload" }] },
  { code: "HF-S3-POST-021", fill: (fields) => right(lacking("x-amz-security-token")(fields)) },
  {
    code: "HF-S3-POST-022",
    fill: (fields) =>
      right(
        fields.map((part) => (isNamed("x-amz-security-token")(part) ? { ...part, name: "AmzSecurityToken" } : part)),
      ),
  },
  {
    code: "HF-S3-POST-023",
    fill: (fields) =>
      right(
        fields.map((part) =>
          isNamed("x-amz-security-token")(part) ? (elsewhere.find(isNamed(part.name)) ?? part) : part,
        ),
      ),
  },
  { code: "HF-S3-POST-032", fill: right, age: 3_600_000 },
  { code: "HF-S3-POST-042", fill: (fields) => right(altered("x-amz-credential", encodeURIComponent)(fields)) },
  {
    code: "HF-S3-POST-045",
    // The date of a signature that was made a minute earlier.
    fill: (fields) => right(altered("x-amz-date", (date) => date.replace(/\d{4}Z$/, "0000Z"))(fields)),
  },
  {
    code: "HF-S3-POST-046",
    fill: (fields) => right(altered("x-amz-signature", (value) => value.slice(0, 40))(fields)),
  },
  { code: "HF-S3-POST-050", fill: right, headers: { Authorization: "Bearer token-of-our-own-api" } },
]

/** The length of a form with a boundary, in bytes. */
const formSize = (parts: Fields, boundary: string): number =>
  parts.reduce((sum, part) => {
    const head = isFile(part)
      ? `; filename="${part.filename ?? ""}"`.length + `Content-Type: ${part.type ?? ""}\r\n`.length + (part.size ?? 0)
      : Buffer.byteLength(part.value)
    const around = `--${boundary}\r\nContent-Disposition: form-data; name=""\r\n\r\n\r\n`.length
    return sum + around + part.name.length + head
  }, `--${boundary}--\r\n`.length)

const formCases = (orders: Orders, elsewhere: Fields): ReadonlyArray<Case> =>
  forms(elsewhere).map(({ age = 0, change = (one) => one, code, fill, headers = {}, sending = {} }) => {
    const order = orders.session(`${code} of a form`)
    return {
      code,
      peer: "Ceph",
      provoke: async () => {
        const { fields, url } = await signedForm(await order, Date.now() - age)
        return Wire.send(change({ method: "POST", url, headers, form: fill(fields) }), { file, ...sending })
      },
      again: (request) => Wire.send(request, { file }),
      holds: () => isStored(orders, order),
      sign: async (request) => {
        const { fields } = await signedForm(await order)
        const names = new Set(fields.map(({ name }) => name))
        const rest = (request.form ?? []).filter(({ name }) => !names.has(name.toLowerCase()))
        return RequestEdit.withForm(request, [...fields, ...rest])
      },
    }
  })

interface WrongUrl {
  readonly code: string
  readonly kind?: keyof Orders
  readonly alter?: (url: string) => string
  readonly headers?: Readonly<Record<string, string>>
  readonly sending?: Wire.Sending
  readonly method?: string
  readonly signedAt?: Date
  readonly change?: (request: Request) => Request
  /** The original bytes, if they were damaged in transit. */
  readonly damaged?: Uint8Array
}

const parameter =
  (name: string, alter: (value: string) => string | undefined) =>
  (url: string): string => {
    const [base = "", query = ""] = url.split("?", 2)
    const pairs = query.split("&").flatMap((pair) => {
      if (!pair.startsWith(`${name}=`)) return [pair]
      const value = alter(pair.slice(name.length + 1))
      return value === undefined ? [] : [`${name}=${value}`]
    })
    return `${base}?${pairs.join("&")}`
  }

const urls: ReadonlyArray<WrongUrl> = [
  { code: "HF-S3-AUTH-001", kind: "session", alter: parameter("X-Amz-Security-Token", () => undefined) },
  {
    code: "HF-S3-AUTH-002",
    kind: "session",
    alter: parameter("X-Amz-Security-Token", (value) => encodeURIComponent(value)),
  },
  { code: "HF-S3-AUTH-004", kind: "session", alter: parameter("X-Amz-Security-Token", () => "AAAA") },
  { code: "HF-S3-AUTH-010", headers: { authorization: "Bearer token-of-our-own-api" } },
  { code: "HF-S3-URL-001", signedAt: new Date(Date.now() - 3_600_000) },
  { code: "HF-S3-URL-003", alter: parameter("X-Amz-Expires", () => "9999999") },
  { code: "HF-S3-URL-004", alter: parameter("X-Amz-Date", () => "2026-11-21T17:23:58Z") },
  { code: "HF-S3-URL-006", alter: (url) => url.split("&", 1)[0] ?? url },
  { code: "HF-S3-URL-007", alter: parameter("X-Amz-Credential", (value) => encodeURIComponent(value)) },
  { code: "HF-S3-URL-008", alter: parameter("X-Amz-Algorithm", () => "AWS4-HMAC-SHA1") },
  { code: "HF-S3-SIGN-014", alter: (url) => url.replace(/^[^?]+/, (base) => base.replaceAll("%", "%25")) },
  { code: "HF-S3-SIGN-015", alter: (url) => `${url}&utm_source=mail` },
  { code: "HF-S3-SIGN-029", alter: parameter("X-Amz-Signature", (value) => value.slice(0, 40)) },
  { code: "HF-S3-BODY-001", sending: { isChunked: true }, headers: { "transfer-encoding": "chunked" } },
  { code: "HF-S3-BODY-011", headers: { "content-md5": md5(file) } },
  {
    code: "HF-S3-BODY-012",
    headers: { "content-md5": Buffer.from(md5(file), "hex").toString("base64") },
    damaged: bytes(2000, 2),
  },
]

const urlCases = (orders: Orders): ReadonlyArray<Case> =>
  urls.map(
    ({
      alter = (url) => url,
      change = (one) => one,
      code,
      damaged,
      headers = {},
      kind = "long",
      method = "PUT",
      sending = {},
      signedAt,
    }) => {
      const order = orders[kind](`${code} of a URL`)
      return {
        code,
        peer: "Ceph",
        provoke: async () => {
          const url = await AwsSdk.put({
            ...(await order),
            ...(signedAt === undefined ? {} : { signingDate: signedAt }),
          })
          return Wire.send(change({ method, url: alter(url), headers }), { file: damaged ?? file, ...sending })
        },
        again: (request) => Wire.send(request, { file }),
        holds: () => isStored(orders, order),
        sign: async (request) => ({ ...request, url: await AwsSdk.put(await order) }),
      }
    },
  )

/** Requests that are signed in their headers. */
const headerCases = (orders: Orders): ReadonlyArray<Case> => {
  const one = (code: string, alter: (request: Request) => Request, age = 0, local = 0): Case => {
    const order = orders.long(`${code} of headers`)
    const target = async (): Promise<Request> => {
      const { bucket, endpoint, key } = await order
      return { method: "PUT", url: `${endpoint}/${bucket}/${encodeURIComponent(key)}`, headers: {} }
    }
    return {
      code,
      peer: "Ceph",
      provoke: async () =>
        Wire.send(alter(authorized(await target(), (await order).credentials, Date.now() - age)), {
          file,
          at: Date.now() - local,
        }),
      again: (request) => Wire.send(request, { file }),
      holds: () => isStored(orders, order),
      sign: async (request, { now = Date.now() }) => authorized(request, (await order).credentials, now),
    }
  }
  const header = (name: string, alter: (value: string) => string) => (request: Request) =>
    RequestEdit.withHeader(request, name, alter(RequestEdit.headerOf(request, name) ?? ""))
  const hour = 3_600_000
  return [
    one(
      "HF-S3-AUTH-012",
      header("authorization", (value) => value.replace(/ SignedHeaders=[^,]+,/, "")),
    ),
    one("HF-S3-AUTH-013", (request) => RequestEdit.withoutHeaders(request, "x-amz-date")),
    one("HF-S3-CLOCK-001", (request) => request, hour),
    one("HF-S3-CLOCK-002", (request) => request, hour, hour),
  ]
}

/** All cases. */
export const cases = async (orders: Orders): Promise<ReadonlyArray<Case>> => {
  const elsewhere = await signedForm(await orders.session("another form"), Date.now() - 60_000)
  return [...formCases(orders, elsewhere.fields), ...urlCases(orders), ...headerCases(orders)]
}
