/**
 * The url and the fields of a form: checks them, hides their values, and puts them into a browser's form.
 */
import * as Secret from "@holdfast/core/Secret"
import * as Redacted from "effect/Redacted"
import { type Field, nameless, untyped } from "./multipart.ts"
import type { HeldFile } from "./types.ts"
import { InvalidPostOption } from "./errors.ts"

/** A field whose value is hidden in logs. */
export type SecretField = readonly [name: string, value: Redacted.Redacted<string>]

/** Fields as an object, or as a list or another iterable of pairs, which permits repeated names. */
export type FieldsInput = Readonly<Record<string, string>> | Iterable<Field>

/** Returns the fields in order. Throws an `InvalidPostOption` for fields that no form can have. */
export const secretFields = (fields: FieldsInput): ReadonlyArray<SecretField> => {
  if (typeof fields !== "object" || fields === null) {
    const allowed = "an object of names and texts, or a list of pairs"
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
        allowed: "every other name: the file is not a field, it is added separately and last",
      })
    }
    return [name, Redacted.make(value)]
  })
}

/** Checks the address of a form. Throws an `InvalidPostOption` if it is invalid. */
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

/** Reveals the fields with their values, for sending. */
export const reveal = (fields: ReadonlyArray<SecretField>): ReadonlyArray<Field> =>
  fields.map(([name, value]) => [name, Secret.value(value)])

/**
 * The parts of a form that may be shown anywhere: its address, the names of its fields, and the lengths of their
 * values.
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
 * Builds a browser's form: all fields in order, then the file. Throws an `InvalidPostOption` for a value that is not a
 * file.
 */
export const formData = (fields: ReadonlyArray<SecretField>, file: HeldFile): FormData => {
  const whole = held(file)
  if (whole === undefined) throw noFile(file)
  const form = new FormData()
  for (const [name, value] of reveal(fields)) form.append(name, value)
  form.append("file", isBlob(whole) ? whole : new Blob([part(whole)], { type: untyped }), nameOf(file))
  return form
}

/** A file that is available now, in one of three forms; `undefined` for a stream or another value. */
export const held = (file: unknown): Blob | Uint8Array | string | undefined => {
  if (typeof file === "string" || file instanceof Uint8Array || isBlob(file)) return file
  if (ArrayBuffer.isView(file)) return new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  return file instanceof ArrayBuffer ? new Uint8Array(file) : undefined
}

/** The file input of a page is empty until the user chooses a file. */
export const noFile = (file: unknown): InvalidPostOption =>
  new InvalidPostOption({
    option: "file",
    value: kind(file),
    allowed: "a File or Blob, bytes, or a string; upload also accepts { stream, size }",
  })

/** Describes a value without its content. */
export const kind = (value: unknown): string => {
  if (value === undefined || value === null) return "missing"
  if (typeof value === "string") return value === "" ? "empty" : `a text of ${value.length} characters`
  return `of type ${typeof value}`
}

/** The name of a file, if it has one. */
export const nameOf = (file: unknown): string =>
  typeof file === "object" && file !== null && "name" in file && typeof file.name === "string" ? file.name : nameless

/** Whether it is a Blob, of this or another realm. */
const isBlob = (file: unknown): file is Blob =>
  file instanceof Blob || /^\[object (?:Blob|File)\]$/.test(Object.prototype.toString.call(file))

/** The bytes as a part of a Blob, which does not accept shared memory. */
const part = (bytes: Uint8Array | string): Uint8Array<ArrayBuffer> | string =>
  typeof bytes === "string" || isUnshared(bytes) ? bytes : new Uint8Array(bytes)

const isUnshared = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> => bytes.buffer instanceof ArrayBuffer

const isIterable = (fields: FieldsInput): fields is Iterable<Field> => Symbol.iterator in fields
