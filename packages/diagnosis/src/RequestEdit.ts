/**
 * Pieces of a request that a correction puts in or takes away.
 *
 * Rule sets build their corrections from them. A request whose body changes loses the headers that describe the old one, since
 * the client that sends it writes new ones.
 */
import { type FormPart, header, type Request } from "./Exchange.ts"

/** The value of a header by its lower-case name. */
export const headerOf = ({ headers }: Request, name: string): string | undefined => header(headers ?? {}, name)

/** A request without some headers, given in lower case. */
export const withoutHeaders = (request: Request, ...unwanted: ReadonlyArray<string>): Request =>
  request.headers === undefined
    ? request
    : {
        ...request,
        headers: Object.fromEntries(
          Object.entries(request.headers).filter(([name]) => !unwanted.includes(name.toLowerCase())),
        ),
      }

/** A request with one value of a header, in place of every one that it had. */
export const withHeader = (request: Request, name: string, value: string): Request => {
  const other = withoutHeaders(request, name.toLowerCase())
  return { ...other, headers: { ...other.headers, [name]: value } }
}

/** A request with another text as its body. */
export const withBody = (request: Request, type: string, body: string): Request => ({
  ...withHeader(withoutHeaders(request, "content-length"), "content-type", type),
  form: undefined,
  size: undefined,
  body,
})

/** A request with another multipart form. The client that sends it writes its boundary and its length. */
export const withForm = (request: Request, form: ReadonlyArray<FormPart>): Request => ({
  ...withoutHeaders(request, "content-length", "content-type"),
  form,
  body: undefined,
  size: undefined,
})

/** How long the body is, in bytes, where that is known. */
export const lengthOf = ({ body, size }: Request): number | undefined =>
  size ?? (body === undefined ? undefined : new TextEncoder().encode(body).byteLength)

/** A request whose URL lacks the parameters that a test names, in lower case; the others stay as they were written. */
export const withoutParameters = (request: Request, isUnwanted: (name: string) => boolean): Request => {
  const { url } = request
  const start = url?.indexOf("?") ?? -1
  if (url === undefined || start === -1) return request
  const kept = url
    .slice(start + 1)
    .split("&")
    .filter((pair) => pair !== "" && !isUnwanted(nameOf(pair)))
  return { ...request, url: url.slice(0, start) + (kept.length === 0 ? "" : `?${kept.join("&")}`) }
}

const nameOf = (pair: string): string => {
  const [name = ""] = pair.split("=", 1)
  try {
    return decodeURIComponent(name).toLowerCase()
  } catch {
    return name.toLowerCase()
  }
}
