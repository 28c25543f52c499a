/**
 * The page of the first story: a speaker chooses a file and sends it to S3 with a form that a server has signed.
 *
 * The functions reproduce the steps of its React component, from the first to the last version, and the solution with
 * `@holdfast/s3`.
 */
import { Diagnosis } from "@holdfast/s3"
import * as PresignedPost from "@holdfast/s3/PresignedPost"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"

/** What the server signs. */
interface Credentials {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

/** What the page learns from S3. */
interface StorageResponse {
  readonly status: number
  readonly body: string
}

const signed = async (key: string): Promise<Credentials> => {
  const response = await fetch(`/sign?key=${encodeURIComponent(key)}`)
  return (await response.json()) as Credentials
}

const chosen = (): File => {
  const file = document.querySelector<HTMLInputElement>("#file")?.files?.[0]
  if (file === undefined) throw new Error("choose a file")
  return file
}

const send = async (url: string, body: FormData, headers: Record<string, string> = {}): Promise<StorageResponse> => {
  const response = await fetch(url, { method: "POST", body, headers })
  return { status: response.status, body: await response.text() }
}

/** The documented fields, in the order in which the component appended them. */
const documented = ({ fields }: Credentials): FormData => {
  const form = new FormData()
  for (const name of ["key", "AWSAccessKeyId", "policy", "signature"]) form.append(name, fields[name] ?? "")
  return form
}

const token = "x-amz-security-token"

const page = {
  /** The first version: without the token, because no documentation named it. */
  async withoutToken(key: string) {
    const credentials = await signed(key)
    const form = documented(credentials)
    form.append("file", chosen())
    return await send(credentials.url, form)
  },

  /** The second version: the token at the end of the form. */
  async tokenLast(key: string) {
    const credentials = await signed(key)
    const form = documented(credentials)
    form.append("file", chosen())
    form.append(token, credentials.fields[token] ?? "")
    const answer = await send(credentials.url, form)
    const { code, title } = Diagnosis.explain({
      request: {
        method: "POST",
        url: credentials.url,
        form: [...form].map(([name, value]) =>
          typeof value === "string" ? { name, value } : { name, filename: value.name, size: value.size },
        ),
      },
      response: answer,
    })
    return { ...answer, code, title }
  },

  /** The third version: the file at the end. */
  async fileLast(key: string) {
    const credentials = await signed(key)
    const form = documented(credentials)
    form.append(token, credentials.fields[token] ?? "")
    form.append("file", chosen())
    return await send(credentials.url, form)
  },

  /** The third version with the header that all versions had. Their axios removed it; `fetch` does not. */
  async typeByHand(key: string) {
    const credentials = await signed(key)
    const form = PresignedPost.fromFields(credentials.url, credentials.fields).toFormData(chosen())
    return await send(credentials.url, form, { "Content-Type": "multipart/form-data" })
  },

  /** The form built by `@holdfast/s3` and sent by the page. */
  async toFormData(key: string) {
    const { fields, url } = await signed(key)
    return await send(url, PresignedPost.fromFields(url, fields).toFormData(chosen()))
  },

  /** The whole upload by `@holdfast/s3`; returns the receipt, or the tag of the error. */
  async upload(key: string) {
    const { fields, url } = await signed(key)
    const upload = PresignedPost.fromFields(url, fields).upload(chosen())
    return await upload.pipe(
      Effect.catch(({ _tag, verdict: { retry } }) => Effect.succeed({ _tag, retry })),
      Effect.provide(FetchHttpClient.layer),
      Effect.runPromise,
    )
  },
}

Object.assign(globalThis, { page })
