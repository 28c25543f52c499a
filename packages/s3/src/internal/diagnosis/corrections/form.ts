/**
 * What the safe fixes of rules about POST forms make of a form.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import { type FormPart, isFile, type Request } from "@holdfast/diagnosis/Exchange"
import type { S3Facts } from "../facts.ts"

type FormCorrection = Correction<S3Facts>

const isFilePart = (part: FormPart): boolean => isFile(part) || part.name.toLowerCase() === "file"

/** The length of the body is another one after a correction of the form. */
const withForm = ({ headers, ...request }: Request, form: ReadonlyArray<FormPart>): Request => ({
  ...request,
  ...(headers === undefined ? {} : { headers: without(headers, "content-length") }),
  form,
  size: undefined,
})

const without = (headers: Readonly<Record<string, string>>, unwanted: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== unwanted))

const fileLast: FormCorrection = (request) => {
  const parts = request.form ?? []
  const files = parts.filter(isFilePart)
  return files.length === 1
    ? { request: { ...request, form: [...parts.filter((part) => !isFilePart(part)), ...files] } }
    : undefined
}

const fileNamed: FormCorrection = (request) => {
  const parts = request.form ?? []
  const files = parts.filter(isFile)
  const [file] = files
  if (file === undefined || files.length > 1) return undefined
  return { request: withForm(request, [...parts.filter((part) => !isFile(part)), { ...file, name: "file" }]) }
}

/** By code. */
export const form: Readonly<Record<string, FormCorrection>> = {
  "HF-S3-POST-011": fileLast,
  "HF-S3-POST-015": fileNamed,
}
