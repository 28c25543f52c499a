/**
 * Rules for the file in a form: a form must contain exactly one part named `file` and only a limited amount of data before
 * it.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import type { FormPart } from "@holdfast/diagnosis/Exchange"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import type { S3Facts, Form } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { isNamed, place, maybeForm, boundaryOf } from "./fields.ts"

const rule = topic("post-file")

const postObject = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"

const saysOneFile = ({ answer }: S3Facts): boolean =>
  /^IncorrectNumberOfFilesInPost ?Request$/i.test(answer.code) ||
  /exactly one file|contained no file|file (?:field )?(?:is )?(?:required|missing)/i.test(answer.message)

/** A limit that is smaller than any upload limit and therefore applies to a field. */
const leastBody = 64 * 1024

/** The field that exceeds a limit of the storage; empty if the response does not name it. */
const longField = ({ answer }: S3Facts): string | undefined =>
  answer.code === "MaxMessageLengthExceeded" && Number(answer.element("MaxSizeAllowed")) < leastBody
    ? (answer.element("Attribute") ?? "")
    : undefined

const saysTooMuch = (facts: S3Facts): boolean =>
  /^MaxPostPreDataLengthExceeded/i.test(facts.answer.code) || longField(facts) !== undefined

const whatIsLong = (facts: S3Facts): string => {
  const name = longField(facts)
  const { answer } = facts
  return name === undefined
    ? "S3 read more than 20,480 bytes without reaching the file: the fields are too long, or the part with the " +
        'file is not named "file" and counts as a field.'
    : `${name === "" ? "A field" : `The field ${name}`} has ` +
        `${answer.element("ProposedSize") ?? "too many"} bytes, but this storage accepts fields of at most ` +
        `${answer.element("MaxSizeAllowed")} ` +
        `bytes${name === "policy" ? ": remove duplicate and unnecessary conditions from the policy" : ""}.`
}

const fileMissing = rule({
  code: "HF-S3-POST-016",
  name: "FileMissing",
  phase: "form",
  title: "The form does not contain a file",
  explanation:
    'S3 stores the part named "file". S3 rejects a form without such a part. Some servers store an object of 0 bytes ' +
    "instead and report success. The usual reasons are a file input without a selected file, a file outside the " +
    "form, and a body that had already been read.",
  fix: [{ text: 'append the file as the last part, named "file"', safety: "check first" }],
  change: "plan",
  links: [postObject],
  rivals: ["HF-S3-POST-017"],
  inspect: ({ form }) => {
    if (form === undefined || form.files.length > 0) return undefined
    return found({
      confidence: "certain",
      detail: `None of the ${form.parts.length} parts of the form is a file.`,
      evidence: [{ at: "request.form", name: "file", observed: "missing", expected: "exactly one, last" }],
      about: ["file"],
    })
  },
  recognise: (facts) =>
    maybeForm(facts) && facts.form === undefined && saysOneFile(facts) && facts.answer.element("ArgumentValue") !== "2"
      ? found({
          confidence: "likely",
          detail: 'S3 did not find exactly one part named "file".',
          evidence: [{ at: "response.body.Message", name: "Message", observed: facts.answer.message }],
        })
      : undefined,
})

const fileMisnamed = rule({
  code: "HF-S3-POST-015",
  name: "FileMisnamed",
  phase: "form",
  title: 'The part with the file is not named "file"',
  explanation:
    'S3 stores only a part named "file". A part with another name is a field, and its bytes count against the ' +
    "20,480 bytes permitted before the file. A large file is therefore rejected for its length, and a small one is reported as " +
    "missing.",
  fix: [{ text: 'name the part "file" and append it last', safety: "safe to apply" }],
  change: "plan",
  links: [postObject],
  rivals: ["HF-S3-POST-018"],
  inspect: ({ form }) => {
    const other = form?.files[0]
    if (form === undefined || other === undefined || form.file !== undefined) return undefined
    return found({
      confidence: "certain",
      detail: `The file is in the part "${other.name}", part ${other.index + 1} of ${form.parts.length}; no part is named "file".`,
      evidence: [{ at: place(other.index), name: other.name, observed: other.name, expected: "file" }],
      about: ["file", other.name],
    })
  },
})

const severalFiles = rule({
  code: "HF-S3-POST-017",
  name: "SeveralFiles",
  phase: "form",
  title: "The form contains more than one file",
  explanation:
    'A form uploads one object. S3 rejects a second part named "file". A file under another name before it is ' +
    "a field without a condition in the policy, and counts against the 20,480 bytes permitted before the file.",
  fix: [{ text: "send a separate form for each file", safety: "check first" }],
  change: "plan",
  links: [postObject],
  rivals: ["HF-S3-POST-016"],
  inspect: ({ form }) => {
    const file = form?.file
    if (form === undefined || file === undefined) return undefined
    const named = form.files.filter(({ name }) => isNamed(name, "file"))
    const before = form.files.filter(({ index, name }) => index < file.index && !/^x-ignore-/i.test(name))
    const covered = (name: string): boolean =>
      form.policy?._tag === "Policy" &&
      form.policy.policy.conditions.some((one) => one._tag !== "LengthRange" && one.field === name.toLowerCase())
    const too = [...before.filter(({ name }) => !covered(name)), ...named.slice(1)]
    if (too.length === 0) return cleared("files", "one")
    return found({
      confidence: "certain",
      detail:
        `Besides part ${file.index + 1}, ` +
        `${too.map(({ index, name }) => `part ${index + 1} ("${name}")`).join(", ")} contains a file.`,
      evidence: [file, ...too].map(({ index, name, size }) => ({
        at: place(index),
        name,
        observed: size === undefined ? "a file" : `${size} bytes`,
        expected: "one file",
      })),
      about: ["file"],
    })
  },
})

/** The maximum number of bytes that a form may contain before the file, as sent (RESTObjectPOST). */
const mostBeforeFile = 20_480

/**
 * The minimum length of a boundary, used if the actual boundary is unknown. If the request shows the actual boundary, the
 * length of that boundary is used instead.
 */
const shortestBoundary = 1

const utf8 = new TextEncoder()

const sizeOf = (text: string): number => utf8.encode(text).length

/** The length of a part as sent, including its boundary and minimal headers. */
const partSize = (part: FormPart, boundary: number): number =>
  `--\r\nContent-Disposition: form-data; name=""\r\n\r\n\r\n`.length +
  boundary +
  sizeOf(part.name) +
  ("value" in part ? (part.bytes ?? Redaction.bytesOf(part.value)) : (part.size ?? 0))

const bytesBefore = (form: Form, boundary: number): number =>
  form.parts.slice(0, form.file?.index).reduce((sum, part) => sum + partSize(part, boundary), 0)

const fieldsTooLong = rule({
  code: "HF-S3-POST-018",
  name: "FieldsTooLong",
  phase: "form",
  title: "A field of the form is too long, or the data before the file is too long in total",
  explanation:
    "S3 keeps the data before the file in memory and accepts at most 20,480 bytes, including boundaries and part " +
    "headers. The usual reasons are large metadata, a policy with many conditions, and files sent as fields. Some " +
    "storages also limit the size of single fields, such as 1 KB for the policy.",
  fix: [
    { text: "remove the fields that S3 does not need", safety: "check first" },
    { text: "send large metadata separately instead of in the form", safety: "check first" },
  ],
  change: "plan",
  links: [postObject],
  rivals: ["HF-S3-POST-015"],
  inspect: (facts) => {
    const { form } = facts
    if (form?.file === undefined) return undefined
    const boundary = boundaryOf(facts)?.length ?? shortestBoundary
    const bytes = bytesBefore(form, boundary)
    if (bytes <= mostBeforeFile) return cleared("bytes before the file", `${bytes} of ${mostBeforeFile}`)
    const largest = form.parts
      .slice(0, form.file.index)
      .map((part, index) => ({ index, name: part.name, bytes: partSize(part, boundary) }))
      .toSorted((a, b) => b.bytes - a.bytes)[0]
    return found({
      confidence: "certain",
      detail:
        `${bytes} bytes precede the file, but only ${mostBeforeFile} are ` +
        `permitted${largest === undefined ? "" : `; the part "${largest.name}" alone has ${largest.bytes}`}.`,
      evidence:
        largest === undefined
          ? []
          : [
              {
                at: place(largest.index),
                name: largest.name,
                observed: `${largest.bytes} bytes`,
                expected: `${mostBeforeFile} bytes for all fields`,
              },
            ],
    })
  },
  recognise: (facts) =>
    maybeForm(facts) && saysTooMuch(facts)
      ? found({
          confidence: facts.form === undefined ? "likely" : "possible",
          detail: whatIsLong(facts),
          evidence: [
            { at: "response.body.Code", name: "Code", observed: facts.answer.code },
            ...Asked.inAnswer(facts, "Attribute", "ProposedSize", "MaxSizeAllowed"),
          ],
        })
      : undefined,
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const file = [fileMissing, fileMisnamed, severalFiles, fieldsTooLong] as const
