/**
 * Sends requests without Holdfast, right or wrong, and records the responses.
 */
import type { Exchange, FormPart } from "@holdfast/diagnosis/Exchange"

/** The parts of a form in the order of sending; a Blob is a file. */
export type Entries = ReadonlyArray<readonly [name: string, value: string | Blob]>

/** How it is sent, if it differs from a browser. */
export interface Sending {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** An exchange with a response. */
export interface Answered extends Exchange {
  readonly request: NonNullable<Exchange["request"]>
  readonly at: number
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
}

/** Posts a form. */
export const post = (url: string, entries: Entries, { body, headers = {} }: Sending = {}): Promise<Answered> => {
  const form = new FormData()
  for (const [name, value] of entries) {
    if (typeof value === "string") form.append(name, value)
    else form.append(name, value, "clip.mov")
  }
  const told = body === undefined ? { form: entries.map(part) } : { body }
  return send(new Request(url, { method: "POST", body: body ?? form, headers }), told)
}

/** Sends bytes to a URL, by default with PUT. */
export const put = (url: string, body: Uint8Array<ArrayBuffer>, init: RequestInit = {}): Promise<Answered> => {
  const { body: other } = init
  // A stream has no length to send.
  const told = other === undefined ? { size: body.byteLength } : {}
  return send(new Request(url, { method: "PUT", body, ...init }), told)
}

/** Sends a request with a text body or without a body. */
export const ask = (
  url: string,
  init: { readonly method: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
): Promise<Answered> =>
  send(new Request(url, { ...init, headers: { ...init.headers } }), init.body === undefined ? {} : { body: init.body })

/** Sends a request and returns the complete exchange, as it would be saved. */
const send = async (request: Request, told: Exchange["request"]): Promise<Answered> => {
  const { method, url } = request
  const headers = Object.fromEntries(request.headers)
  const response = await fetch(request)
  return {
    request: { method, url, headers, ...told },
    response: {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    },
    at: Date.now(),
  }
}

const part = ([name, value]: Entries[number]): FormPart =>
  typeof value === "string" ? { name, value } : { name, filename: "clip.mov", size: value.size, type: value.type }
