/**
 * The url and the fields of a form: checked, kept from view, and put into a browser's form.
 */
import * as Secret from "@holdfast/core/Secret"
import * as Redacted from "effect/Redacted"
import { type Field, nameless, untyped } from "./multipart.ts"
import type { HeldFile } from "./types.ts"
import { InvalidPostOption } from "./errors.ts"

/** A field whose value no log shows. */
export type SecretField = readonly [name: string, value: Redacted.Redacted<string>]

/** Fields as an object or, where a name occurs twice, as a list of pairs, or as something else that gives pairs. */
export type FieldsInput = Readonly<Record<string, string>> | Iterable<Field>

/** The fields in their order; throws an `InvalidPostOption` for what no form can have. */
export const secretFields = (fields: FieldsInput): ReadonlyArray<SecretField> => {
  if (typeof fields !== "object" || fields === null) {
    const allowed = "an object of names and texts, or a list of pairs"
    throw new InvalidPostOption({ option: "fields", value: kind(fields), allowed })
  }
  return (isIterable(fields) ? [...fields] : Object.entries(fields)).map(([name, value]): SecretField => {
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
}

/** The address of a form; throws an `InvalidPostOption` for what is none. */
export const address = (url: string | URL): string => {
  if (url instanceof URL) return address(url.href)
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url
  throw new InvalidPostOption({
    option: "url",
    // It may be anything, a secret included.
    value: kind(url),
    allowed: "an address that begins with https:// or http://",
  })
}

/** The fields with their values, for the wire. */
export const reveal = (fields: ReadonlyArray<SecretField>): ReadonlyArray<Field> =>
  fields.map(([name, value]) => [name, Secret.value(value)])

/** What may be said of a form anywhere: where it goes, the names of its fields, the lengths of their values. */
export const described = (url: string, fields: ReadonlyArray<SecretField>) => {
  const { origin, pathname } = new URL(url)
  return {
    _id: "PresignedPost",
    url: origin + pathname,
    fields: fields.map(([name, value]) => `${name}: ${Secret.value(value).length} characters`),
  }
}

/** A browser's form: all fields in their order, then the file; throws an `InvalidPostOption` for what is no file. */
export const formData = (fields: ReadonlyArray<SecretField>, file: HeldFile): FormData => {
  const whole = held(file)
  if (whole === undefined) throw noFile(file)
  const form = new FormData()
  for (const [name, value] of reveal(fields)) form.append(name, value)
  form.append("file", isBlob(whole) ? whole : new Blob([part(whole)], { type: untyped }), nameOf(file))
  return form
}

/** A file that is at hand, in one of three shapes; `undefined` for a stream, and for what is no file. */
export const held = (file: unknown): Blob | Uint8Array | string | undefined => {
  if (typeof file === "string" || file instanceof Uint8Array || isBlob(file)) return file
  if (ArrayBuffer.isView(file)) return new Uint8Array(file.buffer, file.byteOffset, file.byteLength)
  return file instanceof ArrayBuffer ? new Uint8Array(file) : undefined
}

/** The file input of a page is empty until a file is chosen. */
export const noFile = (file: unknown): InvalidPostOption =>
  new InvalidPostOption({
    option: "file",
    value: kind(file),
    allowed: "a File or Blob, bytes, or a text; upload takes { stream, size } as well",
  })

/** What something is, without telling what it holds. */
export const kind = (value: unknown): string => {
  if (value === undefined || value === null) return "missing"
  if (typeof value === "string") return value === "" ? "empty" : `a text of ${value.length} characters`
  return `of type ${typeof value}`
}

/** The name of a file that has one. */
export const nameOf = (file: unknown): string =>
  typeof file === "object" && file !== null && "name" in file && typeof file.name === "string" ? file.name : nameless

/** Whether it is a Blob, of this or another realm. */
const isBlob = (file: unknown): file is Blob =>
  file instanceof Blob || /^\[object (?:Blob|File)\]$/.test(Object.prototype.toString.call(file))

/** As a part of a Blob, which takes no shared memory. */
const part = (bytes: Uint8Array | string): Uint8Array<ArrayBuffer> | string =>
  typeof bytes === "string" || isUnshared(bytes) ? bytes : new Uint8Array(bytes)

const isUnshared = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> => bytes.buffer instanceof ArrayBuffer

const isIterable = (fields: FieldsInput): fields is Iterable<Field> => Symbol.iterator in fields
