/**
 * Writes a form as `multipart/form-data`, byte for byte as a browser does (RFC 7578, and the form submission of HTML).
 */

/** A field: its name and its value. */
export type Field = readonly [name: string, value: string]

/** The properties of the file besides its bytes. */
export interface FilePart {
  readonly filename: string
  readonly type: string
}

/** The bytes before and after the file. */
export interface Frame {
  readonly contentType: string
  readonly head: Uint8Array<ArrayBuffer>
  readonly tail: Uint8Array<ArrayBuffer>
}

/** The name that a browser sends for a file without a name. */
export const nameless = "blob"

/** The type of a file without a type. */
export const untyped = "application/octet-stream"

/**
 * The bytes around the file: all fields in the given order before the file, which is the part `file`.
 *
 * **Details**
 *
 * The boundary is `seed` followed by digits that keep it out of every field. The file is not searched, so `seed` must
 * be random enough. Values stay unchanged, because the policy is signed over them.
 */
export const frame = (fields: ReadonlyArray<Field>, file: FilePart, seed: string): Frame => {
  const parts = fields.map(([name, value]) => `Content-Disposition: form-data; name="${escape(name)}"\r\n\r\n${value}`)
  const type = /^[\x20-\x7e]+$/.test(file.type) ? file.type : untyped
  parts.push(
    `Content-Disposition: form-data; name="file"; filename="${escape(file.filename)}"\r\nContent-Type: ${type}\r\n\r\n`,
  )
  const boundary = absent(parts, `----HoldfastForm${seed}`)
  const encoder = new TextEncoder()
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    head: encoder.encode(`--${boundary}\r\n${parts.join(`\r\n--${boundary}\r\n`)}`),
    tail: encoder.encode(`\r\n--${boundary}--\r\n`),
  }
}

/** Terminates, because the finite parts cannot contain every number. */
const absent = (parts: ReadonlyArray<string>, seed: string): string => {
  let boundary = seed
  for (let n = 0; parts.some((part) => part.includes(boundary)); n++) boundary = `${seed}${n}`
  return boundary
}

/** Escapes the three characters that HTML escapes, in the same way, and no others, not even a percent sign. */
const escape = (name: string): string => name.replace(/"/g, "%22").replace(/\r/g, "%0D").replace(/\n/g, "%0A")
