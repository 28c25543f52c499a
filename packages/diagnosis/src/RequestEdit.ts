/**
 * Functions that add or remove parts of a request in order to correct it.
 *
 * Rule sets build their corrections from these functions. If the body of a request changes, the headers that describe the old
 * body are removed, because the client that sends the request writes new headers.
 */
import { type FormPart, header, type Request } from "./Exchange.ts"

/** Returns the value of a request header, given its lower-case name. */
export const headerOf = ({ headers }: Request, name: string): string | undefined => header(headers ?? {}, name)

/** Removes headers from a request; the header names must be given in lower case. */
export const withoutHeaders = (request: Request, ...unwanted: ReadonlyArray<string>): Request =>
  request.headers === undefined
    ? request
    : {
        ...request,
        headers: Object.fromEntries(
          Object.entries(request.headers).filter(([name]) => !unwanted.includes(name.toLowerCase())),
        ),
      }

/** Sets a header of a request to one value, replacing all earlier values. */
export const withHeader = (request: Request, name: string, value: string): Request => {
  const other = withoutHeaders(request, name.toLowerCase())
  return { ...other, headers: { ...other.headers, [name]: value } }
}

/** Replaces the body of a request with text. */
export const withBody = (request: Request, type: string, body: string): Request => ({
  ...withHeader(withoutHeaders(request, "content-length"), "content-type", type),
  form: undefined,
  size: undefined,
  body,
})

/**
 * Replaces the body of a request with a multipart form. The client that sends the request generates the boundary and the
 * length.
 */
export const withForm = (request: Request, form: ReadonlyArray<FormPart>): Request => ({
  ...withoutHeaders(request, "content-length", "content-type"),
  form,
  body: undefined,
  size: undefined,
})

/** The length of the body in bytes, if known. */
export const lengthOf = ({ body, size }: Request): number | undefined =>
  size ?? (body === undefined ? undefined : new TextEncoder().encode(body).byteLength)

/**
 * Removes parameters from the URL of a request if their lower-case names satisfy a test. All other parameters remain
 * unchanged.
 */
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
