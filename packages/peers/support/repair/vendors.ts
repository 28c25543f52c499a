/**
 * Codes that no peer here can produce: other vendors' dialects, intermediaries, limits. A stand-in answers like the fixture of
 * the code while the request has the fault.
 */
import { type Exchange, isFile, type Request } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import type { Hints } from "@holdfast/diagnosis/Diagnosis"
import * as Input from "@holdfast/explain/Input"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import * as Signature from "@holdfast/sandbox/Signature"
import { Effect, Redacted } from "effect"
import { createHmac } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Case } from "./proof.ts"
import * as StandIn from "./standIn.ts"
import * as Wire from "./wire.ts"

const packages = join(import.meta.dirname, "../../..")

const folders: Readonly<Record<string, string>> = { HTTP: "http", OAUTH: "oauth", S3: "s3", C2C: "c2c" }

/** The exchange of the fixture of a code. */
export const fixture = (code: string): Exchange => {
  const folder = folders[code.split("-")[1] ?? ""] ?? "explain"
  const input = Input.recognize(readFileSync(join(packages, folder, "test/fixtures/codes", `${code}.http`)))
  if (input._tag !== "Exchange") throw new Error(`${code}: ${input.problem}`)
  return input.exchange
}

const signer: Signature.Signer = {
  accessKeyId: "AKIASTANDINFORSTORAGE",
  secretAccessKey: Redacted.make("the secret of the stand-in"),
  region: "eu-west-1",
}

/** Signs the URL again, with the signer of the sandbox. */
export const signUrl = async (request: Request, { region = signer.region }: Hints = {}): Promise<Request> => {
  const url = new URL(request.url ?? "")
  const target = Signature.presign(
    { ...signer, region },
    { host: url.host, path: url.pathname, contentType: "video/quicktime" },
    Date.now(),
    300,
  )
  return {
    ...request,
    url: `${url.origin}${target}`,
    headers: { ...request.headers, "content-type": "video/quicktime", "x-amz-acl": "private" },
  }
}

/** Whether the signature in a URL is not one of the stand-in's own. */
export const isUnproven = ({ headers, method, target }: StandIn.Received): boolean => {
  const { pathname, searchParams } = new URL(target, "http://stand.in")
  const known = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  )
  return (
    Signature.verify(signer, { method, path: pathname, query: searchParams, headers: known }, Date.now()) !== undefined
  )
}

type Fault = (received: StandIn.Received) => boolean

/** A transient fault: only the first request is rejected. */
const once: Fault = ({ nth }) => nth === 1

const sends =
  (name: string): Fault =>
  ({ headers }) =>
    headers[name] !== undefined

/** Whether the parts of a multipart completion are out of order. */
const isUnsorted: Fault = ({ body }) => {
  const numbers = [...body.matchAll(/<PartNumber>(\d+)/g)].map(([, number]) => Number(number))
  return numbers.some((number, at) => number <= (numbers[at - 1] ?? 0))
}

/** Whether the body is not the form that its header announces. */
const isNoForm: Fault = ({ body, headers }) => {
  const boundary = /boundary=([^;]+)/.exec(headers["content-type"] ?? "")?.[1]
  return boundary === undefined || !body.includes(`--${boundary}--`)
}

/** The fault in the request, by code. */
const faults: Readonly<Record<string, Fault>> = {
  "HF-HTTP-BOX-001": once,
  "HF-HTTP-BOX-002": once,
  "HF-HTTP-BOX-004": once,
  "HF-HTTP-BOX-011": once,
  "HF-HTTP-LIMIT-002": ({ headers }) => headers["content-length"] === undefined,
  "HF-HTTP-LIMIT-005": once,
  "HF-HTTP-LIMIT-006": once,
  "HF-HTTP-LIMIT-007": sends("expect"),
  "HF-HTTP-LIMIT-008": once,
  "HF-HTTP-LIMIT-009": once,
  "HF-HTTP-LIMIT-010": once,
  "HF-HTTP-LIMIT-012": once,
  "HF-HTTP-LIMIT-013": once,
  "HF-HTTP-LIMIT-015": once,
  "HF-HTTP-STATUS-006": once,
  // Each request has its own connection.
  "HF-HTTP-STATUS-008": once,
  "HF-C2C-PAIRING-006": ({ headers }) => headers.authorization !== "Bearer a-new-token",
  "HF-OAUTH-DEVICE-003": once,
  "HF-OAUTH-SERVER-002": once,
  "HF-OAUTH-SERVER-006": once,
  "HF-S3-AUTH-003": isUnproven,
  "HF-S3-AUTH-011": sends("authorization"),
  "HF-S3-BODY-004": once,
  "HF-S3-BODY-010": isUnproven,
  "HF-S3-BODY-015": isUnproven,
  "HF-S3-MPU-004": isUnsorted,
  "HF-S3-PERM-003": isUnproven,
  "HF-S3-PLACE-001": isUnproven,
  "HF-S3-PLACE-015": ({ target }) => !target.includes("&"),
  "HF-S3-SIGN-001": sends("x-amz-acl"),
  "HF-S3-SIGN-020": isUnproven,
  "HF-S3-SIGN-024": isUnproven,
  "HF-S3-SVC-001": once,
  "HF-S3-SVC-003": once,
  "HF-S3-SVC-005": once,
}

/** The response of each vendor to a request without the fault. */
const acceptance = (code: string, target: string): StandIn.Answer => {
  if (code.startsWith("HF-S3-"))
    return {
      status: 200,
      headers: {
        "x-amz-request-id": "EXAMPLEREQUEST01",
        etag: '"d41d8cd98f00b204e9800998ecf8427e"',
        server: "AmazonS3",
      },
    }
  const body = code.startsWith("HF-OAUTH-")
    ? /device/.test(target)
      ? { device_code: "code", user_code: "ABCD", verification_uri: "https://auth.example.com/device", expires_in: 600 }
      : { access_token: "access", token_type: "Bearer", expires_in: 3600 }
    : { ok: true }
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
}

/** The longest body that is sent completely, in bytes. */
const longest = 100_000

const shortened = (request: Request): Request =>
  (request.size ?? 0) > longest && request.form === undefined
    ? { ...RequestEdit.withoutHeaders(request, "content-length"), size: longest }
    : request

/** A case whose peer is a stand-in that answers like the fixture. */
export const standsIn = (
  code: string,
  isFaulty: Fault,
  {
    change = async (request) => request,
    sending = {},
    sign = signUrl,
  }: {
    readonly change?: (request: Request) => Promise<Request>
    readonly sending?: Wire.Sending
    readonly sign?: NonNullable<Case["sign"]>
  } = {},
): Case => {
  const known = fixture(code)
  let server: StandIn.StandIn | undefined
  const at = known.at === undefined ? {} : { at: new Date(known.at).getTime() }
  return {
    code,
    peer: "stand-in",
    provoke: async () => {
      server = await StandIn.start((received) =>
        isFaulty(received) ? StandIn.answerOf(known) : acceptance(code, received.target),
      )
      return Wire.send(await change(shortened(known.request ?? {})), { port: server.port, ...at, ...sending })
    },
    again: async (request) => {
      const exchange = await Wire.send(request, { port: server?.port ?? 0 })
      await server?.close()
      return exchange
    },
    sign,
    token: async () => "a-new-token",
  }
}

/** A form from the project's own signer, with the file of the request. */
const signForm = async (request: Request): Promise<Request> => {
  const form = await Effect.runPromise(
    PresignedPost.sign({
      bucket: "talks",
      region: signer.region,
      key: "up/talk.mov",
      credentials: { accessKeyId: signer.accessKeyId, secretAccessKey: signer.secretAccessKey },
    }),
  )
  const fields = Object.entries(PresignedPost.reveal(form).fields).map(([name, value]) => ({ name, value }))
  return RequestEdit.withForm(request, [...fields, ...(request.form ?? []).filter(isFile)])
}

/** Whether the signature of a form does not match its policy. */
const isFormUnproven = (body: string): boolean => {
  const field = (name: string) => new RegExp(`name="${name}"\r\n\r\n([^\r]*)`).exec(body)?.[1] ?? ""
  const [, day = "", region = ""] = field("x-amz-credential").split("/")
  const secret = Redacted.value(signer.secretAccessKey)
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(
    (before, part) => createHmac("sha256", before).update(part).digest(),
    `AWS4${secret}`,
  )
  return createHmac("sha256", key).update(field("policy")).digest("hex") !== field("x-amz-signature")
}

const shortForm = async (request: Request): Promise<Request> => ({
  ...request,
  form: (request.form ?? []).map((part) => (isFile(part) ? { ...part, size: 9 } : part)),
})

/** Cases that differ from their fixture or are sent in a special way. */
const special: ReadonlyArray<Case> = [
  standsIn("HF-S3-POST-004", isNoForm, {
    change: shortForm,
    sending: { isLengthStated: true, isUnfinished: true },
  }),
  standsIn("HF-S3-POST-005", isNoForm, { change: shortForm, sending: { isConsumed: true } }),
  standsIn("HF-S3-POST-025", ({ body }) => isFormUnproven(body), { change: shortForm, sign: signForm }),
  standsIn("HF-S3-SIGN-012", (received) => isUnproven(received), {
    change: async (request) => {
      const signed = await signUrl({ ...request, headers: {} })
      return {
        ...signed,
        headers: { ...signed.headers, "content-type": "multipart/form-data; boundary=form" },
        form: [{ name: "file", filename: "talk.mov", size: 9, type: "video/quicktime" }],
      }
    },
  }),
  standsIn("HF-S3-URL-009", isUnproven, {
    change: async (request) => {
      const signed = await signUrl(request)
      return { ...signed, url: signed.url?.replace(/SignedHeaders=[^&]*/, (pair) => pair.replaceAll("%", "%25")) }
    },
  }),
]

export const cases: ReadonlyArray<Case> = [
  ...Object.entries(faults).map(([code, isFaulty]) => standsIn(code, isFaulty)),
  ...special,
]
