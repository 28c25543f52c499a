/**
 * Identifies and removes the authentication of a request to a storage.
 */
import type { Corrected } from "@holdfast/diagnosis/Diagnosis"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import type { S3Facts } from "../facts.ts"

/** Parameters that sign a URL, of either version and of vendors with their own names. */
const signing =
  /^(?:x-(?:amz|goog)-(?:algorithm|credential|date|expires|security-token|signature|signedheaders|region-set)|x-oss-(?:credential|date|expires|security-token|signature|signature-version|additional-headers)|awsaccesskeyid|googleaccessid|ossaccesskeyid|signature|expires)$/

/** Whether a parameter signs a URL, by its lowercase name. */
export const isSigning = (name: string): boolean => signing.test(name)

/** Headers of a header signature. */
const signingHeaders = ["authorization", "x-amz-date", "x-amz-security-token", "x-goog-date"] as const

/** Removes a request's authentication from parameters, headers and form fields. The key and the file stay. */
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

/** A request whose signature is no longer valid and has to be renewed. */
export const toSign = (request: Request, hints?: Corrected["hints"]): Corrected => ({
  request: unsigned(request),
  needs: "signature",
  ...(hints === undefined ? {} : { hints }),
})

/** The signed headers in lowercase. A header signature also covers the body. */
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

/** A changed request. It has to be signed again if one of the changed headers is signed. */
export const afterChange = (request: Request, facts: S3Facts, ...changed: ReadonlyArray<string>): Corrected => {
  const signed = signedNames(facts)
  return changed.some((name) => signed.includes(name)) ? toSign(request) : { request }
}
