/**
 * The url and the fields of a form: checked, kept from view, and put into a browser's form.
 */
import * as Redacted from "effect/Redacted"
import { type Field, nameless, untyped } from "./multipartForm.ts"
import { InvalidPostOption } from "./postErrors.ts"

/** A field whose value no log shows. */
export type SecretField = readonly [name: string, value: Redacted.Redacted<string>]

/** Fields as an object or, where a name occurs twice, as a list. */
export type FieldsInput = Readonly<Record<string, string>> | ReadonlyArray<Field>

/** The fields in their order; throws an `InvalidPostOption` for what no form can have. */
export const secretFields = (fields: FieldsInput): ReadonlyArray<SecretField> =>
  (isList(fields) ? fields : Object.entries(fields)).map(([name, value]): SecretField => {
    // JavaScript puts anything here, and a missing token would travel as "undefined".
    if (typeof value !== "string") {
      throw new InvalidPostOption({ option: `fields.${name}`, value: `of type ${typeof value}`, allowed: "a string" })
    }
    if (name.toLowerCase() === "file") {
      throw new InvalidPostOption({
        option: `fields.${name}`,
        value: `a text of ${value.length} characters`,
        allowed: "every other name: the file is not a field, it goes in by itself and last",
      })
    }
    return [name, Redacted.make(value)]
  })

/** The address of a form; throws an `InvalidPostOption` for what is none. */
export const address = (url: string): string => {
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url
  throw new InvalidPostOption({
    option: "url",
    // It may be anything, a secret included.
    value: typeof url === "string" ? `a text of ${url.length} characters` : `of type ${typeof url}`,
    allowed: "an address that begins with https:// or http://",
  })
}

/** The fields with their values, for the wire. */
export const reveal = (fields: ReadonlyArray<SecretField>): ReadonlyArray<Field> =>
  fields.map(([name, value]) => [name, Redacted.value(value)])

/** What may be said of a form anywhere: where it goes, the names of its fields, the lengths of their values. */
export const described = (url: string, fields: ReadonlyArray<SecretField>) => {
  const { origin, pathname } = new URL(url)
  return {
    _id: "PresignedPost",
    url: origin + pathname,
    fields: fields.map(([name, value]) => `${name}: ${Redacted.value(value).length} characters`),
  }
}

/** A browser's form: all fields in their order, then the file. */
export const formData = (fields: ReadonlyArray<SecretField>, file: Blob | Uint8Array | string): FormData => {
  const form = new FormData()
  for (const [name, value] of reveal(fields)) form.append(name, value)
  form.append("file", isBlob(file) ? file : new Blob([part(file)], { type: untyped }), nameOf(file))
  return form
}

/** The name of a file that has one. */
export const nameOf = (file: unknown): string =>
  typeof file === "object" && file !== null && "name" in file && typeof file.name === "string" ? file.name : nameless

/** Whether it is a Blob, of this or another realm. */
export const isBlob = (file: unknown): file is Blob =>
  file instanceof Blob || /^\[object (?:Blob|File)\]$/.test(Object.prototype.toString.call(file))

/** As a part of a Blob, which takes no shared memory. */
const part = (bytes: Uint8Array | string): Uint8Array<ArrayBuffer> | string =>
  typeof bytes === "string" || isUnshared(bytes) ? bytes : new Uint8Array(bytes)

const isUnshared = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> => bytes.buffer instanceof ArrayBuffer

const isList = (fields: FieldsInput): fields is ReadonlyArray<Field> => Array.isArray(fields)
