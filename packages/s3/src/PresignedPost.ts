/**
 * Uploads a file with a presigned POST. A single request sends the file and the signer's credentials as a form, with the
 * fields in the order that S3 requires.
 */
import * as ForeignError from "@holdfast/core/ForeignError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import { InvalidPostOption, SenderNotLoaded } from "./internal/form/errors.ts"
import type { HeldFile, Receipt, UploadError, UploadFile } from "./internal/form/types.ts"
import * as Sign from "./internal/signing/form.ts"
import * as Value from "./internal/form/value.ts"
import type { Credentials, SignOptions } from "./internal/signing/options.ts"
import * as SigV4 from "./internal/signing/sigV4.ts"
import * as PostPolicy from "./PostPolicy.ts"

export { FileLengthMismatch, InvalidPostOption, SenderNotLoaded, StreamNeedsLength } from "./internal/form/errors.ts"
export type { HeldFile, Receipt, StreamFile, UploadError, UploadFile } from "./internal/form/types.ts"
export type { Credentials, SignOptions, WrittenCondition } from "./internal/signing/options.ts"

/**
 * A signed form that is ready to upload one file.
 *
 * **Gotchas**
 *
 * The fields of the form are credentials. A form that is printed, inspected or serialized as JSON shows only the names of its
 * fields and the lengths of their values. `reveal` returns the field values in plain text.
 */
export interface PresignedPost {
  /** The URL to which the form is sent. */
  readonly url: string
  /** All fields in the signer's order, with their original names. */
  readonly fields: ReadonlyArray<readonly [name: string, value: Redacted.Redacted<string>]>
  /**
   * Creates the form data for `fetch`, axios or `XMLHttpRequest` in a browser. The form data contains every field, followed
   * by the file.
   *
   * **Gotchas**
   *
   * Throws an `InvalidPostOption` if there is no file, for example because the user has not selected one. Do not set
   * `Content-Type` on the request, because the browser sets this header with the correct boundary. Browsers convert line
   * breaks inside a value to CRLF, which the policy might not permit. `upload` sends values unchanged.
   */
  readonly toFormData: (file: HeldFile) => FormData
  /**
   * Sends the form and reads the complete response.
   *
   * **Details**
   *
   * If S3 would reject the form, the form is not sent and the effect fails with a `LintError`. Sends one request with an
   * exact `content-length`. The only other header is `content-type`. The caller's pipeline is responsible for retries, gates
   * and the time limit. An upload succeeds if the response is a 200 or 204 with an identifying header or an ETag
   * (`StorageMarks`), a 201 with a document that names the object, or a 303 that names the object. A response without
   * evidence that the storage sent it, or one that refers to a different object, is reported as `Unverified`. This function
   * does not follow redirects, and reads at most 64 KiB of the response.
   *
   * **Gotchas**
   *
   * `fetch` drops the length of a stream. With `fetch`, a `StreamFile` therefore fails with `StreamNeedsLength` before
   * anything is sent. Undici's client (`NodeHttpClient.layerUndici`) can send a `StreamFile`. The `RequestInit` with which a
   * `fetch` client was built is ignored. A `RequestInit` that is provided to the effect is used, except for its redirect
   * mode. Browsers hide redirect responses from a page's scripts. Browsers also hide headers that the bucket's CORS rules do
   * not expose. To avoid these limitations, request status 201: the response body then contains all the information about the
   * upload.
   */
  readonly upload: (file: UploadFile) => Effect.Effect<Receipt, UploadError, HttpClient.HttpClient>
}

/**
 * Creates a form from the credentials that a signer returned. The signer can be boto3, an AWS SDK, or `sign`.
 *
 * **Details**
 *
 * Includes every field, known or unknown, in the given order. Throws an `InvalidPostOption` if the URL is invalid, a value is
 * not a string, or a field is named `file`. To decode unchecked JSON, use `PresignedPostSchema`, which fails with a typed
 * error.
 *
 * **Example** (A form in a browser)
 *
 * ```ts
 * const { url, fields } = await (await fetch("/api/sign")).json()
 * const post = PresignedPost.fromFields(url, fields)
 * await fetch(post.url, { method: "POST", body: post.toFormData(file) })
 * ```
 */
export const fromFields = (
  url: string | URL,
  fields: Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>,
): PresignedPost => new Post(Value.address(url), Value.secretFields(fields))

/** Whether a value is a form that was created by `fromFields` or `sign`. */
export const isPresignedPost = (u: unknown): u is PresignedPost => u instanceof Post

/** Returns the credentials as plain JSON, so that the signing server can send them to the uploading client. */
export const reveal = ({
  fields,
  url,
}: PresignedPost): { readonly url: string; readonly fields: Readonly<Record<string, string>> } => {
  const plain = new Map<string, string>()
  // S3 reads repeated fields as one field with comma-separated values.
  for (const [name, value] of Value.reveal(fields)) {
    const before = plain.get(name)
    plain.set(name, before === undefined ? value : `${before},${value}`)
  }
  return { url, fields: Object.fromEntries(plain) }
}

class Post implements PresignedPost {
  readonly url: string
  readonly fields: PresignedPost["fields"]
  readonly toFormData: PresignedPost["toFormData"]
  readonly upload: PresignedPost["upload"]
  constructor(url: string, fields: PresignedPost["fields"]) {
    this.url = url
    this.fields = fields
    this.toFormData = (file) => Value.formData(fields, file)
    this.upload = (file) => Effect.flatMap(sender, ({ send }) => send(url, Value.reveal(fields), file))
  }
  toJSON(): unknown {
    return Value.described(this.url, this.fields)
  }
  toString(): string {
    return JSON.stringify(this, undefined, 2)
  }
  [Symbol.for("nodejs.util.inspect.custom")](): unknown {
    return this.toJSON()
  }
}

/** The upload code is loaded on the first upload, so that pages that only fill in forms stay small. */
const sender = Effect.tryPromise({
  try: () => import("./internal/form/upload.ts"),
  catch: (cause) => new SenderNotLoaded({ cause: ForeignError.keep(cause) }),
})

/**
 * Signs a form with AWS Signature Version 4 over a policy that covers every field.
 *
 * **Details**
 *
 * Returns the fields in the format that boto3 uses, including the session token. If an option is invalid, signing fails with
 * an `InvalidPostOption`. The error states the option, its value and the permitted values. Signing does not contact a server.
 * A key without write permission is therefore detected only during the upload.
 *
 * **Gotchas**
 *
 * A form expires together with the session that signed it. The session may expire before the policy does. Sign forms on a
 * server, because a page that contains the secret exposes it.
 */
export const sign = (options: SignOptions): Effect.Effect<PresignedPost, InvalidPostOption> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const { fields, policy, scope, url } = yield* attempt(() => Sign.prepare(options, now))
    const secret = asRedacted(options.credentials.secretAccessKey)
    const signature = yield* Effect.promise(() => SigV4.signature(policy, secret, scope))
    return yield* attempt(() => fromFields(url, [...fields, ["policy", policy], ["x-amz-signature", signature]]))
  })

/**
 * Signs an existing policy without changing any of its bytes.
 *
 * **Details**
 *
 * Returns the two fields for the form: the policy in base64, and the signature. The other form fields must match the policy,
 * and the date in those fields must be the date of `at`.
 */
export const signPolicy = (
  text: string,
  {
    at,
    region,
    secretAccessKey,
  }: Pick<Credentials, "secretAccessKey"> & { readonly region: string; readonly at: number },
): Effect.Effect<{ readonly policy: string; readonly signature: string }> =>
  Effect.promise(async () => {
    const policy = PostPolicy.toBase64(text)
    const { day } = SigV4.dates(at)
    return { policy, signature: await SigV4.signature(policy, asRedacted(secretAccessKey), { day, region }) }
  })

const asRedacted = (secret: Redacted.Redacted<string> | string): Redacted.Redacted<string> =>
  Redacted.isRedacted(secret) ? secret : Redacted.make(secret)

const attempt = <A>(f: () => A): Effect.Effect<A, InvalidPostOption> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(f())
    } catch (error) {
      return error instanceof InvalidPostOption ? Effect.fail(error) : Effect.die(error)
    }
  })
