/**
 * Requests sent by hand, right or wrong, and what came back: what a program without Holdfast would do.
 */
import type { Exchange, FormPart } from "@holdfast/diagnosis/Exchange"

/** The parts of a form in the order in which they are sent; a Blob is a file. */
export type Entries = ReadonlyArray<readonly [name: string, value: string | Blob]>

/** How it is sent, where that is not as a browser would. */
export interface Sending {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** An exchange that has an answer. */
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

/** Sends bytes to a URL, with PUT unless `init` says otherwise. */
export const put = (url: string, body: Uint8Array<ArrayBuffer>, init: RequestInit = {}): Promise<Answered> => {
  const { body: other } = init
  // A stream has no length to send.
  const told = other === undefined ? { size: body.byteLength } : {}
  return send(new Request(url, { method: "PUT", body, ...init }), told)
}

/** Asks with a body that is text, or with none. */
export const ask = (
  url: string,
  init: { readonly method: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
): Promise<Answered> =>
  send(new Request(url, { ...init, headers: { ...init.headers } }), init.body === undefined ? {} : { body: init.body })

/** Sends a request and gives the whole exchange, as it would be saved. */
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
