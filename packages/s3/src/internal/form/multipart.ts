/**
 * Encodes a form as `multipart/form-data`, byte for byte as a browser does (RFC 7578 and the HTML form submission algorithm).
 */

/** A form field: its name and its value. */
export type Field = readonly [name: string, value: string]

/** The properties of the file, except its bytes. */
export interface FilePart {
  readonly filename: string
  readonly type: string
}

/** The bytes before and after the file's content. */
export interface Frame {
  readonly contentType: string
  readonly head: Uint8Array<ArrayBuffer>
  readonly tail: Uint8Array<ArrayBuffer>
}

/** The name that a browser sends for a file that has no name. */
export const nameless = "blob"

/** The media type that is sent for a file without a type. */
export const untyped = "application/octet-stream"

/**
 * The bytes around the file: all fields in the given order, then the file as the `file` part.
 *
 * **Details**
 *
 * The boundary is `seed` followed by digits chosen so that it occurs in no field. The file's content is not searched for the
 * boundary, so `seed` must be sufficiently random. Field values remain unchanged, because the policy is signed over them.
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

/** The loop terminates because the finite parts cannot contain every number. */
const absent = (parts: ReadonlyArray<string>, seed: string): string => {
  let boundary = seed
  for (let n = 0; parts.some((part) => part.includes(boundary)); n++) boundary = `${seed}${n}`
  return boundary
}

/**
 * Escapes the three characters that HTML form encoding escapes, in the same way, and leaves all others unchanged, including
 * percent signs.
 */
const escape = (name: string): string => name.replace(/"/g, "%22").replace(/\r/g, "%0D").replace(/\n/g, "%0A")
