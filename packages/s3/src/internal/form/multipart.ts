/**
 * A form as `multipart/form-data`, byte for byte as a browser writes it (RFC 7578, and the form submission of HTML).
 */

/** A field: its name and its value. */
export type Field = readonly [name: string, value: string]

/** What is said about the file besides its bytes. */
export interface FilePart {
  readonly filename: string
  readonly type: string
}

/** What stands before and after the file's bytes. */
export interface Frame {
  readonly contentType: string
  readonly head: Uint8Array<ArrayBuffer>
  readonly tail: Uint8Array<ArrayBuffer>
}

/** What a browser calls a file that has no name. */
export const nameless = "blob"

/** The type of a file that has none. */
export const untyped = "application/octet-stream"

/**
 * The frame of a form: all fields in the order given, then the file, as the part `file`.
 *
 * **Details**
 *
 * The boundary is `seed` and as many digits as keep it out of every field. The file is not looked through: `seed` must be
 * random enough for that. Values go out as they are, for the policy was signed over them.
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

/** Ends, because the parts are finite and cannot hold every number. */
const absent = (parts: ReadonlyArray<string>, seed: string): string => {
  let boundary = seed
  for (let n = 0; parts.some((part) => part.includes(boundary)); n++) boundary = `${seed}${n}`
  return boundary
}

/** The three characters that HTML escapes, and as it does; nothing else is, a percent sign neither. */
const escape = (name: string): string => name.replace(/"/g, "%22").replace(/\r/g, "%0D").replace(/\n/g, "%0A")
