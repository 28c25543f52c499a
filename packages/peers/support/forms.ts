/**
 * Forms sent by hand, in whatever order, and what came back: what a program without Holdfast would do.
 */
import type { Exchange, FormPart } from "@holdfast/core/Exchange"

/** The parts of a form in the order in which they are sent; a Blob is a file. */
export type Entries = ReadonlyArray<readonly [name: string, value: string | Blob]>

/** How it is sent, where that is not as a browser would. */
export interface Sending {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** An exchange that has an answer. */
export interface Answered extends Exchange {
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
}

/** Posts a form and gives the whole exchange, as it would be saved. */
export const send = async (url: string, entries: Entries, sending: Sending = {}): Promise<Answered> => {
  const form = new FormData()
  for (const [name, value] of entries) {
    if (typeof value === "string") form.append(name, value)
    else form.append(name, value, "clip.mov")
  }
  const { body = form, headers = {} } = sending
  const sent = new Request(url, { method: "POST", body, headers })
  const seen = Object.fromEntries(sent.headers)
  const response = await fetch(sent)
  return {
    request: {
      method: "POST",
      url,
      headers: seen,
      ...(sending.body === undefined ? { form: entries.map(part) } : { body: sending.body }),
    },
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
