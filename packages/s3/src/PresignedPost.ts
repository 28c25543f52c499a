/**
 * Uploads by a presigned POST: the credentials as a signer made them, a form in the order that S3 wants, one request.
 */
import * as ForeignError from "@holdfast/core/ForeignError"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import {
  type FileLengthMismatch,
  InvalidPostOption,
  SenderNotLoaded,
  type StreamNeedsLength,
} from "./internal/form/errors.ts"
import * as Sign from "./internal/signing/form.ts"
import * as Value from "./internal/form/value.ts"
import * as SigV4 from "./internal/signing/sigV4.ts"
import type { LintError } from "./Lint.ts"
import * as PostPolicy from "./PostPolicy.ts"
import type { S3Error } from "./S3Error.ts"
import type { Unverified } from "./Unverified.ts"

export { FileLengthMismatch, InvalidPostOption, SenderNotLoaded, StreamNeedsLength } from "./internal/form/errors.ts"

/** A file that is held whole: by memory, or by the platform as a Blob. */
export type HeldFile = Blob | ArrayBuffer | ArrayBufferView | string

/**
 * A file that arrives while it is sent.
 *
 * **Gotchas**
 *
 * An Effect stream is run anew by every attempt. A `ReadableStream` or an async iterable, which Node's streams are, can
 * be read one time: a second attempt fails with a `FileLengthMismatch` of 0 bytes.
 */
export interface StreamFile {
  readonly stream: Stream.Stream<Uint8Array, unknown> | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>
  /** Bytes: exactly as many as the stream gives. */
  readonly size: number
  /** The file's name, which S3 puts in the place of `${filename}` in the key. Default `blob`, as in a browser. */
  readonly name?: string | undefined
  /** The media type of the part, which S3 does not read: the object gets its type from the field `Content-Type`. */
  readonly type?: string | undefined
}

/** Whatever can be uploaded. */
export type UploadFile = HeldFile | StreamFile

/** S3's word that the file is stored. */
export interface Receipt {
  /** 200, 201, 204, or 303 where the form asks for a redirect. */
  readonly status: number
  /** The ETag without its quotes. */
  readonly etag?: string
  /** The object's key: as S3 says it, else as the form asks for it unless S3 puts the file's name in. */
  readonly key?: string
  readonly bucket?: string
  /** The object's address. */
  readonly location?: string
  readonly requestId?: string
}

/** Whatever can go wrong in an upload; each carries a verdict. */
export type UploadError =
  | S3Error
  | TransportError
  | FileLengthMismatch
  | InvalidPostOption
  | LintError
  | SenderNotLoaded
  | StreamNeedsLength
  | Unverified

/**
 * A form that a signer has signed, ready for one file.
 *
 * **Gotchas**
 *
 * The fields are credentials. Printed, inspected or written as JSON, a form shows their names and the lengths of their
 * values; `reveal` gives them out.
 */
export interface PresignedPost {
  /** Where the form goes. */
  readonly url: string
  /** All fields in the signer's order, names as given. */
  readonly fields: ReadonlyArray<readonly [name: string, value: Redacted.Redacted<string>]>
  /**
   * The form for `fetch`, axios or `XMLHttpRequest` in a browser: every field, and the file last.
   *
   * **Gotchas**
   *
   * Throws an `InvalidPostOption` where there is no file, as in a page whose user has chosen none. Set no `Content-Type` on
   * the request: the browser writes it, with the boundary. A browser writes line ends inside a value as CRLF, which the
   * policy may not permit; `upload` leaves values as they are.
   */
  readonly toFormData: (file: HeldFile) => FormData
  /**
   * Sends the form and reads the complete response.
   *
   * **Details**
   *
   * A form that S3 must refuse is not sent and fails with a `LintError`. Sends once, with an exact `content-length` and no other
   * header than `content-type`: retries, gates and the time limit are the caller's pipeline. A success is 200 or 204 with a mark
   * of the storage (`StorageMarks`), 201 with the document that names the object, or a 303 that names it. A response without a
   * mark, or one that names another object, is `Unverified`. Redirects are never followed. Reads at most 64 KiB of the response.
   *
   * **Gotchas**
   *
   * `fetch` drops the length of a stream, so a `StreamFile` fails with `StreamNeedsLength` before anything is sent; undici's
   * client (`NodeHttpClient.layerUndici`) sends it. The `RequestInit` of a `fetch` client is set aside. A browser hides redirects from
   * a page, and headers that the bucket's CORS rules do not expose: ask for status 201, whose body says it all.
   */
  readonly upload: (file: UploadFile) => Effect.Effect<Receipt, UploadError, HttpClient.HttpClient>
}

/**
 * The form of credentials that a signer made: boto3, an AWS SDK, or `sign`.
 *
 * **Details**
 *
 * Every field goes in, known or not, in the order given. Throws an `InvalidPostOption` for what no form can have: a url
 * that is none, a value that is no string, a field named `file`. For JSON that nobody has looked at, decode with
 * `PresignedPostSchema`, which fails typed.
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

/** Whether it is a form that `fromFields` or `sign` made. */
export const isPresignedPost = (u: unknown): u is PresignedPost => u instanceof Post

/** The credentials as JSON carries them, to send them from the server that signed to whoever uploads. */
export const reveal = ({
  fields,
  url,
}: PresignedPost): { readonly url: string; readonly fields: Readonly<Record<string, string>> } => {
  const plain = new Map<string, string>()
  // S3 reads fields of one name as one field with commas in it.
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

/** Loaded by the first upload, so that a page which only fills forms stays small. */
const sender = Effect.tryPromise({
  try: () => import("./internal/form/upload.ts"),
  catch: (cause) => new SenderNotLoaded({ cause: ForeignError.keep(cause) }),
})

/** Who signs. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Redacted.Redacted<string> | string
  /** The token of a session: goes into the form and into the policy by itself. */
  readonly sessionToken?: Redacted.Redacted<string> | string | undefined
}

/** A condition as Amazon's SDKs and boto3 write it. */
export type WrittenCondition =
  | Readonly<Record<string, string>>
  | readonly [operator: "eq" | "starts-with", field: `$${string}`, value: string]
  | readonly [operator: "content-length-range", min: number, max: number]

/** What `sign` is told; whatever else it is told is an `InvalidPostOption`. */
export interface SignOptions {
  readonly bucket: string
  readonly region: string
  readonly credentials: Credentials
  /** The object's key. With `${filename}` in it, S3 puts the name of the file there. */
  readonly key?: string | undefined
  /** Instead of `key`: the file keeps its own name behind this. */
  readonly keyPrefix?: string | undefined
  /** Another S3 server; the bucket is appended as a path. Default: Amazon's for the region. */
  readonly endpoint?: string | URL | undefined
  /** The address of the form to the letter, where neither of the two is right. */
  readonly url?: string | URL | undefined
  /** How long the form may be used: seconds, as with Amazon's signers, or a duration. Default 1 hour, at most 7 days. */
  readonly expiresIn?: number | Exclude<Duration.Input, number> | undefined
  /** When it is signed: epoch milliseconds, an ISO date, or a `Date`. Default: now. */
  readonly at?: number | string | Date | undefined
  /** What else the policy asks for. A field that has a condition here gets no other. */
  readonly conditions?: ReadonlyArray<PostPolicy.Condition | WrittenCondition> | undefined
  /** What else the form holds, each with a condition of its own value. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** What a success answers. Default: S3's 204, which a browser learns least from. */
  readonly successStatus?: 200 | 201 | 204 | undefined
}

/**
 * Signs a form: AWS Signature Version 4 over a policy that covers every field.
 *
 * **Details**
 *
 * Fields come out as boto3 writes them, the session token among them. Fails with an `InvalidPostOption` that names the
 * option, its value and what is allowed. Signing asks nobody: whether the key may write is seen at the upload.
 *
 * **Gotchas**
 *
 * A form dies with the session that signed it, which may be sooner than its policy says. Sign on a server: a page that
 * holds the secret has given it away.
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
 * Signs a policy that somebody else wrote, to the letter.
 *
 * **Details**
 *
 * Gives the two fields that the form needs: the text in base64, and the signature. The rest of the form must be what the
 * policy says, its date that of `at`.
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
