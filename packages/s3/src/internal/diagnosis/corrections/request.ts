/**
 * Finds and removes the authentication data in a request to a storage service.
 */
import type { Corrected } from "@holdfast/diagnosis/Diagnosis"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import type { S3Facts } from "../facts.ts"

/** The signature parameters of a URL in both versions, including vendor-specific names. */
const signing =
  /^(?:x-(?:amz|goog)-(?:algorithm|credential|date|expires|security-token|signature|signedheaders|region-set)|x-oss-(?:credential|date|expires|security-token|signature|signature-version|additional-headers)|awsaccesskeyid|googleaccessid|ossaccesskeyid|signature|expires)$/

/** Whether a parameter belongs to the signature of a URL, judged by its name in lowercase. */
export const isSigning = (name: string): boolean => signing.test(name)

/** The headers that are part of a header signature. */
const signingHeaders = ["authorization", "x-amz-date", "x-amz-security-token", "x-goog-date"] as const

/**
 * Removes the authentication data from a request: the parameters, headers and form fields. The key and the file are kept.
 */
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

/** Marks a request as requiring a new signature, because its signature no longer matches. */
export const toSign = (request: Request, hints?: Corrected["hints"]): Corrected => ({
  request: unsigned(request),
  needs: "signature",
  ...(hints === undefined ? {} : { hints }),
})

/** The names of the signed headers, in lowercase. A signature in a header also covers the bytes of the body. */
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

/** Changes a request, which must be signed again if one of the changed headers is signed. */
export const afterChange = (request: Request, facts: S3Facts, ...changed: ReadonlyArray<string>): Corrected => {
  const signed = signedNames(facts)
  return changed.some((name) => signed.includes(name)) ? toSign(request) : { request }
}
