/**
 * Formats a redacted exchange for people: numbers the parts of a form, decodes the policy, and writes marks as text.
 */
import { type Exchange, type FormPart, isFile, type Request } from "@holdfast/diagnosis/Exchange"
import * as Redaction from "@holdfast/diagnosis/Redaction"

/** One part of a form as three cells: its position counted from 1, its name and its value. */
export interface PartRow {
  readonly place: number
  readonly name: string
  readonly value: string
  readonly isFile: boolean
}

/** The value of a part. For a file it is a summary, for a policy the decoded text. */
const valueOf = (part: FormPart): string => {
  if (isFile(part)) {
    const { filename, size, type } = part
    const known = [filename, size === undefined ? undefined : `${size} bytes`, type].filter((one) => one !== undefined)
    return known.length === 0 ? "a file" : known.join(", ")
  }
  return Redaction.shown(part.name.toLowerCase() === "policy" ? decoded(part.value) : part.value)
}

/** A base64 policy with one condition a line. Other text is returned unchanged. */
const decoded = (value: string): string => {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(atob(value), (c) => c.charCodeAt(0)))
    try {
      const { conditions, ...rest } = JSON.parse(text) as { readonly conditions?: unknown }
      const listed = Array.isArray(conditions) ? (conditions as ReadonlyArray<unknown>) : [{ conditions }]
      const shown = (_: string, one: unknown) => (typeof one === "string" ? Redaction.shown(one) : one)
      return [rest, ...listed].map((one) => JSON.stringify(one, shown)).join("\n")
    } catch {
      return text.trim()
    }
  } catch {
    return value
  }
}

/** The parts of a form, in the order in which they are sent. */
export const partRows = (form: ReadonlyArray<FormPart>): ReadonlyArray<PartRow> =>
  form.map((part, index) => ({ place: index + 1, name: part.name, value: valueOf(part), isFile: isFile(part) }))

const indented = (lines: ReadonlyArray<string>): ReadonlyArray<string> => lines.map((line) => `  ${line}`.trimEnd())

const headersOf = (headers: Readonly<Record<string, string>> = {}): ReadonlyArray<string> =>
  Object.entries(headers).map(([name, value]) => `${name}: ${Redaction.shown(value)}`)

const bodyOf = (body: string | undefined): ReadonlyArray<string> =>
  body === undefined || body.trim() === "" ? [] : ["", ...Redaction.shown(body.trim()).split(/\r?\n/)]

const formOf = (form: ReadonlyArray<FormPart>): ReadonlyArray<string> => {
  const rows = partRows(form)
  const width = Math.max(...rows.map(({ name }) => name.length))
  return [
    "",
    ...rows.flatMap(({ name, place, value }) => {
      const [first = "", ...more] = value.split(/\r?\n/)
      const line = `${String(place).padStart(2)}  ${name.padEnd(width)}  ${first}`
      return [line, ...more.map((next) => `${" ".repeat(width + 6)}${next}`)]
    }),
  ]
}

/** A redacted request as lines of text. */
export const requestLines = (request: Request): ReadonlyArray<string> => [
  [request.method ?? "?", request.url === undefined ? "(no URL)" : Redaction.shown(request.url)].join(" "),
  ...headersOf(request.headers),
  ...(request.form === undefined ? bodyOf(request.body) : formOf(request.form)),
  ...(request.sent === undefined ? [] : ["", `(${request.sent} bytes of the body had been sent)`]),
]

/** Formats a redacted exchange as lines of text. */
export const render = ({ at, attempt, failure, request, response }: Exchange): string => {
  const known = [
    ...(at === undefined ? [] : [`at ${new Date(at).toISOString()} by the local clock`]),
    ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
  ]
  return [
    ...(request === undefined ? [] : ["Sent:", ...indented(requestLines(request)), ""]),
    ...(response === undefined
      ? [`No answer${failure === undefined ? "." : `: ${failure}`}`]
      : [
          "Answered:",
          ...indented([
            response.status === 0 ? "(status not known)" : String(response.status),
            ...headersOf(response.headers),
            ...bodyOf(response.body),
          ]),
          ...(failure === undefined ? [] : ["", `Then: ${failure}`]),
        ]),
    ...(known.length === 0 ? [] : ["", `Noted: ${known.join(", ")}.`]),
    "",
  ].join("\n")
}
