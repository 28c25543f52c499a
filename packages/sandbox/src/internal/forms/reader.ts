/**
 * Reads `multipart/form-data` as S3 does: as a stream, up to and including the part named `file`.
 *
 * **Details**
 *
 * The reader buffers at most 20 KB before the file and passes the file's bytes on as they arrive. The reader ignores fields
 * after the file. After the file, the reader counts only additional files, because a form may contain only one.
 */

/** The fields before the file, in order. */
export type Fields = ReadonlyArray<readonly [name: string, value: string]>

/** The reader's position: before the file, in it, after it, or stopped because the body is not a form. */
export type Place = "fields" | "file" | "rest" | "malformed" | "too much"

export interface FormReader {
  /** Consumes the next bytes of the body and returns those that belong to the file. */
  readonly push: (data: Uint8Array) => Uint8Array
  readonly place: () => Place
  readonly fields: () => Fields
  /** The file name in the form; `undefined` if the form has no file or no file name. */
  readonly filename: () => string | undefined
  /** The number of parts named `file`. */
  readonly files: () => number
  /** Whether the closing boundary was read. */
  readonly closed: () => boolean
}

/** The maximum number of bytes before the file in a form (HTTP POST forms: "form data and boundaries"). */
const largestHead = 20_480

/** The boundary parameter of a content type; `undefined` if it has none. */
export const boundaryOf = (contentType: string): string | undefined => {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? []
  return quoted ?? bare
}

const nothing = new Uint8Array()

export const make = (boundary: string): FormReader => {
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // A leading line end makes the first boundary look like all others.
  let pending = Buffer.from("\r\n")
  let place: Place = "fields"
  let filename: string | undefined
  let closed = false
  let files = 0
  const fields: Array<readonly [string, string]> = []

  /** The position of the boundary before the next field; `undefined` before the first field. */
  let next: number | undefined

  /** Reads the fields that are complete and not yet read. */
  const readFields = (): void => {
    for (;;) {
      next ??= pending.indexOf(delimiter)
      if (next === -1) return void (next = undefined)
      const after = next + delimiter.length
      if (pending.subarray(after, after + 2).toString() === "--") {
        closed = true
        return
      }
      const body = pending.indexOf("\r\n\r\n", after)
      if (body === -1) return
      const head = pending.subarray(after, body).toString()
      const name = parameter(head, "name")
      if (name === undefined) return void (place = "malformed")
      if (name.toLowerCase() === "file") {
        filename = parameter(head, "filename")
        place = body + 2 > largestHead ? "too much" : "file"
        files = 1
        pending = pending.subarray(body + 4)
        return
      }
      const end = pending.indexOf(delimiter, body + 2)
      if (end === -1) return
      fields.push([name, pending.subarray(Math.min(body + 4, end), end).toString()])
      next = end
    }
  }

  const readFile = (): Uint8Array => {
    const end = pending.indexOf(delimiter)
    if (end !== -1) {
      place = "rest"
      const data = pending.subarray(0, end)
      pending = pending.subarray(end)
      readRest()
      return data
    }
    // The last bytes may be the beginning of a boundary.
    const safe = Math.max(0, pending.length - delimiter.length + 1)
    const data = pending.subarray(0, safe)
    pending = pending.subarray(safe)
    return data
  }

  /** Skips from boundary to boundary and discards the bytes between them. */
  const readRest = (): void => {
    while (!closed) {
      const at = pending.indexOf(delimiter)
      pending = pending.subarray(at === -1 ? Math.max(0, pending.length - delimiter.length + 1) : at)
      const body = pending.indexOf("\r\n\r\n")
      closed = at !== -1 && pending.subarray(delimiter.length, delimiter.length + 2).toString() === "--"
      // An unterminated header block has the same limit as the fields before the file.
      if (at !== -1 && body === -1 && pending.length > largestHead) place = "malformed"
      if (at === -1 || body === -1) return
      if (parameter(pending.subarray(0, body).toString(), "name")?.toLowerCase() === "file") files += 1
      pending = pending.subarray(body)
    }
  }

  return {
    push: (data) => {
      if (closed || place === "malformed" || place === "too much") return nothing
      pending = Buffer.concat([pending, data])
      if (place === "rest") {
        readRest()
        return nothing
      }
      if (place === "fields") readFields()
      if (place === "fields" && pending.length - 2 > largestHead) place = "too much"
      return (place as Place) === "file" ? readFile() : nothing
    },
    place: () => place,
    fields: () => fields,
    filename: () => filename,
    files: () => files,
    closed: () => closed,
  }
}

/** A parameter of the part's `Content-Disposition` header. Browsers write a quote inside the value as %22. */
const parameter = (head: string, name: string): string | undefined => {
  const disposition = /^content-disposition:\s*form-data\s*(;.*)$/im.exec(head)?.[1]
  const [, quoted, bare] = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]*))`, "i").exec(disposition ?? "") ?? []
  return (quoted ?? bare)?.replaceAll("%22", '"')
}
