/**
 * Uploads by a presigned POST: one request with the signer's credentials, as a form in the order that S3 requires.
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
 * A form that a signer has signed, ready for one file.
 *
 * **Gotchas**
 *
 * The fields are credentials. If a form is printed, inspected or written as JSON, it shows only their names and the
 * lengths of their values. `reveal` returns the values.
 */
export interface PresignedPost {
  /** The address to which the form is sent. */
  readonly url: string
  /** All fields in the signer's order, with their original names. */
  readonly fields: ReadonlyArray<readonly [name: string, value: Redacted.Redacted<string>]>
  /**
   * The form for `fetch`, axios or `XMLHttpRequest` in a browser: every field, and the file last.
   *
   * **Gotchas**
   *
   * Throws an `InvalidPostOption` without a file, as in a page whose user has chosen none. Set no `Content-Type` on the
   * request, because the browser writes it with the boundary. A browser writes line ends inside a value as CRLF, which
   * the policy may not permit; `upload` keeps values unchanged.
   */
  readonly toFormData: (file: HeldFile) => FormData
  /**
   * Sends the form and reads the complete response.
   *
   * **Details**
   *
   * If S3 would reject the form, it is not sent and the effect fails with a `LintError`. Sends one request with an
   * exact `content-length` and no other header than `content-type`; retries, gates and the time limit belong to the
   * caller's pipeline. A success is 200 or 204 with a mark of the storage (`StorageMarks`), 201 with the document that
   * names the object, or a 303 that names it. A response without a mark, or for another object, is `Unverified`. It
   * does not follow redirects, and reads at most 64 KiB of the response.
   *
   * **Gotchas**
   *
   * `fetch` drops the length of a stream, so a `StreamFile` fails with `StreamNeedsLength` before anything is sent.
   * Undici's client (`NodeHttpClient.layerUndici`) sends it. The `RequestInit` of a `fetch` client is ignored. A
   * browser hides redirects from a page, and also headers that the bucket's CORS rules do not expose: request status
   * 201, whose body has all facts.
   */
  readonly upload: (file: UploadFile) => Effect.Effect<Receipt, UploadError, HttpClient.HttpClient>
}

/**
 * Creates a form from the credentials of a signer: boto3, an AWS SDK, or `sign`.
 *
 * **Details**
 *
 * Includes every field, known or unknown, in the given order. Throws an `InvalidPostOption` for an invalid url, a value
 * that is not a string, or a field named `file`. To decode unchecked JSON, use `PresignedPostSchema`, which fails with
 * a typed error.
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

/** Whether a value is a form that `fromFields` or `sign` created. */
export const isPresignedPost = (u: unknown): u is PresignedPost => u instanceof Post

/** The credentials as plain JSON, for sending them from the signing server to the uploading client. */
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

/** Loaded by the first upload, so that pages that only fill forms stay small. */
const sender = Effect.tryPromise({
  try: () => import("./internal/form/upload.ts"),
  catch: (cause) => new SenderNotLoaded({ cause: ForeignError.keep(cause) }),
})

/**
 * Signs a form with AWS Signature Version 4 over a policy that covers every field.
 *
 * **Details**
 *
 * Returns the fields as boto3 writes them, including the session token. Fails with an `InvalidPostOption` that names
 * the option, its value and the permitted values. Signing calls no server, so a key without permission to write is
 * detected only by the upload.
 *
 * **Gotchas**
 *
 * A form expires with the session that signed it, which may be before its policy does. Sign on a server: a page that
 * contains the secret exposes it.
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
 * Signs an existing policy byte for byte.
 *
 * **Details**
 *
 * Returns the two fields for the form: the policy in base64, and the signature. The other fields must match the policy,
 * and their date must be that of `at`.
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
