/**
 * Writes an exchange as a person would paste it: the request and the response in wire format.
 */
import type { Exchange, FormPart } from "@holdfast/diagnosis/Exchange"
import type { Generated } from "./Generated.ts"

const lines = (headers: Readonly<Record<string, string>> = {}): ReadonlyArray<string> =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`)

const part = (one: FormPart): ReadonlyArray<string> =>
  "value" in one
    ? [`Content-Disposition: form-data; name="${one.name}"`, "", one.value]
    : [
        `Content-Disposition: form-data; name="${one.name}"; filename="${one.filename ?? ""}"`,
        ...(one.type === undefined ? [] : [`Content-Type: ${one.type}`]),
        "",
        `[${one.size ?? 0} bytes]`,
      ]

const bodyOf = ({ body, form, size }: NonNullable<Exchange["request"]>, boundary: string): ReadonlyArray<string> => {
  if (form !== undefined) return [...form.flatMap((one) => [`--${boundary}`, ...part(one)]), `--${boundary}--`]
  return body !== undefined ? [body] : size === undefined || size === 0 ? [] : [`[${size} bytes]`]
}

/** The capture of an exchange. */
export const of = ({ boundary = "boundary", exchange }: Generated): string => {
  const { at, attempt, failure, request, response } = exchange
  const comments = [
    ...(typeof at === "number" ? [`# at: ${new Date(at).toISOString()}`] : []),
    ...(failure === undefined ? [] : [`# failure: ${failure}`]),
    ...(attempt === undefined ? [] : [`# attempt: ${attempt}`]),
    ...(request?.sent === undefined ? [] : [`# sent: ${request.sent}`]),
  ]
  const asked =
    request === undefined
      ? []
      : [
          "# ===== REQUEST =====",
          `${request.method ?? "GET"} ${request.url ?? ""} HTTP/1.1`,
          ...lines(request.headers),
          "",
          ...bodyOf(request, boundary),
        ]
  const answered =
    response === undefined
      ? []
      : [
          "# ===== RESPONSE =====",
          `HTTP/1.1 ${response.status} Status`,
          ...lines(response.headers),
          "",
          response.body ?? "",
        ]
  return [...comments, ...asked, ...answered].join("\r\n")
}
