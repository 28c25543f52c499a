/**
 * Pieces of a request that corrections take away or put in.
 */
import type { FormPart, Request } from "@holdfast/diagnosis/Exchange"

/** A request without some headers, in any case. */
export const withoutHeaders = (request: Request, ...unwanted: ReadonlyArray<string>): Request =>
  request.headers === undefined
    ? request
    : {
        ...request,
        headers: Object.fromEntries(
          Object.entries(request.headers).filter(([name]) => !unwanted.includes(name.toLowerCase())),
        ),
      }

/** A request with a header in the place of the one it had. */
export const withHeader = (request: Request, name: string, value: string): Request => {
  const other = withoutHeaders(request, name.toLowerCase())
  return { ...other, headers: { ...other.headers, [name]: value } }
}

/** The value of a header. */
export const headerOf = ({ headers }: Request, wanted: string): string | undefined =>
  Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1]

/** A request whose URL lacks the parameters that a test names; what remains stays as it was written. */
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

/** The parameters that sign a URL, of either version. */
const signing: ReadonlySet<string> = new Set([
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-security-token",
  "x-amz-signature",
  "x-amz-signedheaders",
  "x-amz-region-set",
  "awsaccesskeyid",
  "signature",
  "expires",
])

/** Whether a parameter signs a URL. */
export const isSigning = (name: string): boolean => signing.has(name)

/** The fields that sign a form, of either version. */
const signingFields: ReadonlySet<string> = new Set([...signing, "policy"])

/** A request without what proves its sender: parameters, headers, fields of a form. The key and the file stay. */
export const unsigned = (request: Request): Request => {
  const bare = withoutParameters(
    withoutHeaders(request, "authorization", "x-amz-date", "x-amz-security-token"),
    isSigning,
  )
  return request.form === undefined
    ? bare
    : withForm(
        bare,
        request.form.filter(({ name }) => !signingFields.has(name.toLowerCase())),
      )
}

/** A request with another form. Its length is another one too, and its boundary is written with it. */
export const withForm = (request: Request, form: ReadonlyArray<FormPart>): Request => ({
  ...withoutHeaders(request, "content-length", "content-type"),
  form,
  size: undefined,
})
