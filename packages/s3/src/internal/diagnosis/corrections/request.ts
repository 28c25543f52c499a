/**
 * What proves the sender of a request to a storage, and how corrections take it away.
 */
import type { Corrected } from "@holdfast/diagnosis/Diagnosis"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import type { S3Facts } from "../facts.ts"

/** The parameters that sign a URL, of either version and of the vendors that have names of their own. */
const signing =
  /^(?:x-(?:amz|goog)-(?:algorithm|credential|date|expires|security-token|signature|signedheaders|region-set)|x-oss-(?:credential|date|expires|security-token|signature|signature-version|additional-headers)|awsaccesskeyid|googleaccessid|ossaccesskeyid|signature|expires)$/

/** Whether a parameter signs a URL, by its name in lower case. */
export const isSigning = (name: string): boolean => signing.test(name)

/** Headers of a signature that stands in headers. */
const signingHeaders = ["authorization", "x-amz-date", "x-amz-security-token", "x-goog-date"] as const

/** A request without what proves its sender: parameters, headers, fields of a form. The key and the file stay. */
const unsigned = (request: Request): Request => {
  const bare = RequestEdit.withoutParameters(RequestEdit.withoutHeaders(request, ...signingHeaders), isSigning)
  const isProof = (name: string) => isSigning(name) || name === "policy"
  return request.form === undefined
    ? bare
    : RequestEdit.withForm(
        bare,
        request.form.filter(({ name }) => !isProof(name.toLowerCase())),
      )
}

/** A request whose proof does not fit any more, to be signed again. */
export const toSign = (request: Request, hints?: Corrected["hints"]): Corrected => ({
  request: unsigned(request),
  needs: "signature",
  ...(hints === undefined ? {} : { hints }),
})

/** The names of the headers that the signature covers, in lower case. A signature in a header covers the bytes of the body, too. */
export const signedNames = ({ header, query }: S3Facts): ReadonlyArray<string> =>
  (
    query("x-amz-signedheaders") ??
    query("x-goog-signedheaders") ??
    /SignedHeaders=([^,\s]{0,2000})/.exec(header("authorization") ?? "")?.[1] ??
    ""
  )
    .toLowerCase()
    .split(";")
    .filter((name) => name !== "")

/** A changed request: it is signed again if one of the headers that changed is signed. */
export const afterChange = (request: Request, facts: S3Facts, ...changed: ReadonlyArray<string>): Corrected => {
  const signed = signedNames(facts)
  return changed.some((name) => signed.includes(name)) ? toSign(request) : { request }
}
