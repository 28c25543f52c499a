/**
 * Reads the requests that people paste: a signer's credentials, a form as a browser's inspector shows it, a dump of a
 * `FormData`, curl's options, a HAR, or lines of `name=value`. Plain and total.
 */
import type { Exchange, FormPart, Request } from "@holdfast/diagnosis/Exchange"
import * as HarFile from "@holdfast/diagnosis/HarFile"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"

/** The parsed request. `note` tells the reader what was assumed. */
export interface Pasted extends Exchange {
  readonly request: Request
  readonly note: string
}

type Json = Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

const textOf = (u: unknown): string | undefined => (typeof u === "string" ? u : undefined)

/** Reads a request; `undefined` if the format is unknown. */
export const read = (text: string): Pasted | undefined => {
  const start = text.trim()
  if (start === "") return undefined
  if (/^[[{]/.test(start)) {
    try {
      return fromJson(JSON.parse(start))
    } catch {
      return undefined
    }
  }
  if (/^-{2,}\S/.test(start)) return fromMultipart(start)
  return fromLines(start)
}

const fileLast: FormPart = { name: "file", filename: "your file" }

const hasFile = (form: ReadonlyArray<FormPart>): boolean => form.some((part) => !("value" in part))

/** A signer's credentials include no file, but the form that was sent had one at some position. */
const withFile = (request: Request, form: ReadonlyArray<FormPart>): Pasted =>
  hasFile(form)
    ? { request: { ...request, form }, note: `${form.length} parts` }
    : {
        request: { ...request, form: [...form, fileLast] },
        note: `${form.length} fields; the file was added at the end: move it to its position in your form`,
      }

const fromJson = (json: unknown): Pasted | undefined => {
  if (Array.isArray(json)) {
    const form = json.flatMap(partOf)
    return form.length === 0 ? undefined : withFile({ method: "POST" }, form)
  }
  if (!isObject(json)) return undefined
  if (isObject(json["log"])) return fromRecording(json)
  const { url, fields } = json
  if (isObject(fields) || Array.isArray(fields)) {
    const form = Array.isArray(fields) ? fields.flatMap(partOf) : membersOf(fields)
    const at = textOf(url)
    return withFile({ method: "POST", ...(at === undefined ? {} : { url: at }) }, form)
  }
  const form = membersOf(json)
  return form.length === 0 ? undefined : withFile({ method: "POST" }, form)
}

const membersOf = (fields: Json): ReadonlyArray<FormPart> =>
  Object.entries(fields).flatMap(([name, value]) => partOf([name, value]))

/** `[name, value]` as `Array.from(formData)` returns it, or an object. JSON turns a file into an empty object. */
const partOf = (part: unknown): ReadonlyArray<FormPart> => {
  if (Array.isArray(part)) {
    const [name, value] = part as ReadonlyArray<unknown>
    if (typeof name !== "string") return []
    return isObject(value) ? [fileOf(name, value)] : [{ name, value: String(value) }]
  }
  if (!isObject(part) || typeof part["name"] !== "string") return []
  const { name, value } = part
  return value === undefined || isObject(value)
    ? [fileOf(name, isObject(value) ? value : part)]
    : [{ name, value: String(value) }]
}

const fileOf = (name: string, { contentType, fileName, filename, name: own, size, type }: Json): FormPart => {
  const known = textOf(filename) ?? textOf(fileName) ?? (own === name ? undefined : textOf(own))
  const media = textOf(type) ?? textOf(contentType)
  return {
    name,
    ...(known === undefined ? {} : { filename: known }),
    ...(typeof size === "number" ? { size } : {}),
    ...(media === undefined ? {} : { type: media }),
  }
}

/** The body alone, as inspectors show the source of a form. */
const fromMultipart = (body: string): Pasted | undefined => {
  const boundary = /^--(\S+)/.exec(body)?.[1]
  if (boundary === undefined) return undefined
  const type = `content-type: multipart/form-data; boundary=${boundary}`
  const form = HttpCapture.parse(`POST / HTTP/1.1\n${type}\n\n${body}`)?.request?.form
  return form === undefined || form.length === 0 ? undefined : withFile({ method: "POST" }, form)
}

/** The placeholders that inspectors show for a file. */
const binary = /^\(binary\)$|^\[object (?:File|Blob)\]$|^@(?!$)/i

/** `name=value`, `name: value`, and curl's `-F name=@path`. */
const fromLines = (text: string): Pasted | undefined => {
  const form = text.split(/\r?\n/).flatMap((line): ReadonlyArray<FormPart> => {
    const bare = line
      .trim()
      .replace(/(?<!\s)\s*\\$/, "")
      .replace(/^(?:-F|--form(?:-string)?)[ =]+/, "")
    const [, name = "", raw = ""] = /^["']?([\w$.-]+)\s*[=:]\s*(.*?)["']?$/s.exec(bare) ?? []
    if (name === "") return /^file$/i.test(bare) ? [fileLast] : []
    const value = raw.replace(/^["']/, "")
    if (!binary.test(value)) return [{ name, value }]
    const filename = value.startsWith("@") ? value.slice(1).replace(/;.*$/, "") : undefined
    return [{ name, ...(filename === undefined ? {} : { filename }) }]
  })
  return form.length === 0 ? undefined : withFile({ method: "POST" }, form)
}

const fromRecording = (json: Json): Pasted | undefined => {
  const recorded = HarFile.read(json)
  if (recorded?.exchange.request === undefined) return undefined
  const { request, ...rest } = recorded.exchange
  return { ...rest, request, note: recordingNote(recorded) }
}

/** The note that says which request of a recording is shown. */
export const recordingNote = ({ entries, place }: Pick<HarFile.Recorded, "entries" | "place">): string =>
  `request ${place} of ${entries} in the recording`
