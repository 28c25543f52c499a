/**
 * Requests and error responses on the wire.
 */

/** How a request is signed, and its kind. */
export type Kind = "get4" | "head4" | "header4" | "complete4" | "part4" | "post2" | "post4" | "put2" | "put4"

export type Pairs = Array<[name: string, value: string]>

/** A part of a form. */
export interface Part {
  name: string
  value?: string
  filename?: string
  size?: number
  type?: string
}

/** A request on the wire. Path and query are as in the request line. */
export interface Wire {
  method: string
  scheme: string
  host: string
  path: string
  query: Pairs
  headers: Pairs
  form?: Array<Part> | undefined
  /** The boundary between the parts of the form, whatever the header says. */
  boundary?: string
  body?: string
  /** The announced and the received bytes of the body. */
  size: number
  sent?: number
}

/** The storage's response if a check fails. */
export interface Refusal {
  /** The check, by which a dialect finds its own text. */
  readonly step: string
  readonly status: number
  readonly code: string
  readonly message: string
  readonly fields?: Readonly<Record<string, string>>
  /** Whether the request still has the defect. Absent if the defect is in the storage's state. */
  readonly holds?: (wire: Wire) => boolean
}

/** The first value of a name, in any letter case. */
export const valueOf = (pairs: Pairs, name: string): string | undefined =>
  pairs.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1]

/** Replaces the value of a name, appends the name if it is absent, or removes it if there is no value. */
export const set = (pairs: Pairs, name: string, value: string | undefined): void => {
  const at = pairs.findIndex(([other]) => other.toLowerCase() === name.toLowerCase())
  if (value === undefined) {
    if (at !== -1) pairs.splice(at, 1)
  } else if (at === -1) pairs.push([name, value])
  else pairs[at] = [pairs[at]?.[0] ?? name, value]
}
