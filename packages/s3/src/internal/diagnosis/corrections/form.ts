/**
 * Applies the safe fixes for rules about POST forms.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import { type FormPart, isFile } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import type { S3Facts } from "../facts.ts"
import { isSigning, toSign } from "./request.ts"

type FormCorrection = Correction<S3Facts>

const isFilePart = (part: FormPart): boolean => isFile(part) || part.name.toLowerCase() === "file"

const fileLast: FormCorrection = (request) => {
  const parts = request.form ?? []
  const files = parts.filter(isFilePart)
  return files.length === 1
    ? { request: RequestEdit.withForm(request, [...parts.filter((part) => !isFilePart(part)), ...files]) }
    : undefined
}

const fileNamed: FormCorrection = (request) => {
  const parts = request.form ?? []
  const files = parts.filter(isFile)
  const [file] = files
  return file === undefined || files.length > 1
    ? undefined
    : {
        request: RequestEdit.withForm(request, [...parts.filter((part) => !isFile(part)), { ...file, name: "file" }]),
      }
}

/** The names of the session token in other APIs and in incorrect code. */
const tokenNames = /^(?:(?:x-)?(?:amz|aws|oss|goog)?-?(?:security|session)-?token|token|AmzSecurityToken)$/i

const tokenName = "x-amz-security-token"

const tokenNamed: FormCorrection = (request) => {
  const parts = request.form ?? []
  const misnamed = parts.filter(
    (part) => !isFile(part) && part.name.toLowerCase() !== tokenName && tokenNames.test(part.name),
  )
  const [token] = misnamed
  return token === undefined || misnamed.length > 1
    ? undefined
    : {
        request: RequestEdit.withForm(
          request,
          parts.map((part) => (part === token ? { ...part, name: tokenName } : part)),
        ),
      }
}

const signedAnew: FormCorrection = (request) => (request.form === undefined ? undefined : toSign(request))

/**
 * Decodes a credential that was encoded for a URL and therefore contains no slash. The signer must recreate any other
 * credential.
 */
const credentialDecoded: FormCorrection = (request, facts) => {
  const parts = request.form ?? []
  const isEncoded = (part: FormPart) =>
    !isFile(part) && part.name.toLowerCase() === "x-amz-credential" && /%2f/i.test(part.value)
  return parts.some(isEncoded)
    ? {
        request: RequestEdit.withForm(
          request,
          parts.map((part) =>
            isEncoded(part) && !isFile(part) ? { ...part, value: part.value.replaceAll(/%2f/gi, "/") } : part,
          ),
        ),
      }
    : signedAnew(request, facts)
}

/** Removes these headers, because the client that encodes the form sets its boundary and length. */
const writtenByClient: FormCorrection = (request) =>
  request.form === undefined ? undefined : { request: RequestEdit.withForm(request, request.form) }

/** Removes the authentication headers, because a form contains its own authentication. */
const formAlone: FormCorrection = (request) =>
  request.form === undefined
    ? undefined
    : { request: RequestEdit.withoutParameters(RequestEdit.withoutHeaders(request, "authorization"), isSigning) }

/** The corrections, keyed by rule code. */
export const form: Readonly<Record<string, FormCorrection>> = {
  "HF-S3-POST-002": writtenByClient,
  "HF-S3-POST-003": writtenByClient,
  "HF-S3-POST-004": writtenByClient,
  "HF-S3-POST-005": writtenByClient,
  "HF-S3-POST-011": fileLast,
  "HF-S3-POST-012": signedAnew,
  "HF-S3-POST-013": signedAnew,
  "HF-S3-POST-015": fileNamed,
  "HF-S3-POST-021": signedAnew,
  "HF-S3-POST-022": tokenNamed,
  "HF-S3-POST-023": signedAnew,
  "HF-S3-POST-025": signedAnew,
  "HF-S3-POST-032": signedAnew,
  "HF-S3-POST-042": credentialDecoded,
  "HF-S3-POST-045": signedAnew,
  "HF-S3-POST-046": signedAnew,
  "HF-S3-POST-050": formAlone,
}
