/**
 * The URL and the fields of a form: validates them, hides their values, and copies them into a browser form.
 */
import * as Secret from "@holdfast/core/Secret"
import * as Redacted from "effect/Redacted"
import { type Field, nameless, untyped } from "./multipart.ts"
import type { HeldFile } from "./types.ts"
import { InvalidPostOption } from "./errors.ts"

/** A form field whose value is hidden in logs. */
export type SecretField = readonly [name: string, value: Redacted.Redacted<string>]

/** Form fields as an object, or as an iterable of pairs if a name occurs more than once. */
export type FieldsInput = Readonly<Record<string, string>> | Iterable<Field>

/** Returns the form fields in their order. Throws an `InvalidPostOption` for fields that a form cannot contain. */
export const secretFields = (fields: FieldsInput): ReadonlyArray<SecretField> => {
  if (typeof fields !== "object" || fields === null) {
    const allowed = "an object that maps names to strings, or a list of pairs"
    throw new InvalidPostOption({ option: "fields", value: kind(fields), allowed })
  }
  return (isIterable(fields) ? [...fields] : Object.entries(fields)).map(([name, value]): SecretField => {
    // JavaScript callers can pass any value, and a missing token would be sent as "undefined".
    if (typeof value !== "string") {
      throw new InvalidPostOption({ option: `fields.${name}`, value: `of type ${typeof value}`, allowed: "a string" })
    }
    if (name.toLowerCase() === "file") {
      throw new InvalidPostOption({
        option: `fields.${name}`,
        value: `a text of ${value.length} characters`,
        allowed: "any other name, because the file is added separately as the last part of the form",
      })
    }
    return [name, Redacted.make(value)]
  })
}

/** Validates the address of a form. Throws an `InvalidPostOption` if the address of the form is invalid. */
export const address = (url: string | URL): string => {
  if (url instanceof URL) return address(url.href)
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url
  throw new InvalidPostOption({
    option: "url",
    // The value may be anything, including a secret.
    value: kind(url),
    allowed: "an address that begins with https:// or http://",
  })
}

/** Reveals the field values so that the form can be sent. */
export const reveal = (fields: ReadonlyArray<SecretField>): ReadonlyArray<Field> =>
  fields.map(([name, value]) => [name, Secret.value(value)])

/**
 * The parts of a form that are safe to display: its address, its field names, and the lengths of the values.
 */
export const described = (url: string, fields: ReadonlyArray<SecretField>) => {
  const { origin, pathname } = new URL(url)
  return {
    _id: "PresignedPost",
    url: origin + pathname,
    fields: fields.map(([name, value]) => `${name}: ${Secret.value(value).length} characters`),
  }
}

/**
 * Builds a browser form with all fields in order, followed by the file. Throws an `InvalidPostOption` if the value of the
 * file is not a file.
 */
export const formData = (fields: ReadonlyArray<SecretField>, file: HeldFile): FormData => {
  const whole = held(file)
  if (whole === undefined) throw noFile(file)
  const form = new FormData()
  for (const [name, value] of reveal(fields)) form.append(name, value)
  form.append("file", isBlob(whole) ? whole : new Blob([part(whole)], { type: untyped }), nameOf(file))
  return form
}

/** A file whose content is available immediately, in one of three forms; `undefined` for a stream or any other value. */
export const held = (file: unknown): Blob | Uint8Array | string | undefined => {
  if (typeof file === "string" || file instanceof Uint8Array || isBlob(file)) return file
  if (ArrayBuffer.isView(file)) return new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  return file instanceof ArrayBuffer ? new Uint8Array(file) : undefined
}

/** The file input of a page is empty until the user selects a file. */
export const noFile = (file: unknown): InvalidPostOption =>
  new InvalidPostOption({
    option: "file",
    value: kind(file),
    allowed: "a File or Blob, bytes, or a string; upload also accepts { stream, size }",
  })

/** Describes a value without revealing its content. */
export const kind = (value: unknown): string => {
  if (value === undefined || value === null) return "missing"
  if (typeof value === "string") return value === "" ? "empty" : `a text of ${value.length} characters`
  return `of type ${typeof value}`
}

/** The name of the file, if the file has one. */
export const nameOf = (file: unknown): string =>
  typeof file === "object" && file !== null && "name" in file && typeof file.name === "string" ? file.name : nameless

/** Whether the value is a Blob, including one from another realm. */
const isBlob = (file: unknown): file is Blob =>
  file instanceof Blob || /^\[object (?:Blob|File)\]$/.test(Object.prototype.toString.call(file))

/** The bytes as a Blob part; a Blob does not accept shared memory. */
const part = (bytes: Uint8Array | string): Uint8Array<ArrayBuffer> | string =>
  typeof bytes === "string" || isUnshared(bytes) ? bytes : new Uint8Array(bytes)

const isUnshared = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> => bytes.buffer instanceof ArrayBuffer

const isIterable = (fields: FieldsInput): fields is Iterable<Field> => Symbol.iterator in fields
