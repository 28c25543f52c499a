/**
 * The shape of an exchange.
 */

/** A field of a form, in wire order. */
export interface FormField {
  readonly name: string
  readonly value: string
  /** The length of the value as sent, in bytes, if `value` is no longer the value that was sent. */
  readonly bytes?: number | undefined
}

/** The part of a form that contains a file. Its bytes are not kept. */
export interface FormFile {
  readonly name: string
  readonly filename?: string | undefined
  /** The size in bytes. */
  readonly size?: number | undefined
  /** The media type of the part. */
  readonly type?: string | undefined
}

/** One part of a form. */
export type FormPart = FormField | FormFile

/** A request as it was sent, or as it is before it is sent. */
export interface Request {
  /** The client's name for the operation, if known: `GetObjectTagging`. */
  readonly operation?: string | undefined
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The parts of a multipart form, in wire order. */
  readonly form?: ReadonlyArray<FormPart> | undefined
  /** A short text body: a document or an encoded form. Never the bytes of a file. */
  readonly body?: string | undefined
  /** The length of the body in bytes; for a form, including the file and everything around it. */
  readonly size?: number | undefined
  /** How many bytes of the body had been sent when the exchange ended. */
  readonly sent?: number | undefined
}

/** A response. Status 0 means that there is none, as in browsers. */
export interface Response {
  readonly status: number
  /** Set if no server stated the status: the recognizer of the text assumed the usual one. */
  readonly isStatusAssumed?: boolean | undefined
  /** The reason phrase of HTTP/1.1: `Slow Down`. */
  readonly reason?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/**
 * One request with its response.
 *
 * **Details**
 *
 * Everything except the response's status may be missing; the explanation then says less. `failure` is the reason why there is
 * no response: the code from the operating system or the client (`ECONNRESET`). `at` is the time of the response by the
 * client's clock: epoch milliseconds, an ISO date, or a `Date`. `attempt` counts from 1. `isExcerpt` means that a recognizer
 * found the exchange in other text, such as a log or an exception: the request as sent is unknown.
 */
export interface Exchange {
  readonly request?: Request | undefined
  readonly response?: Response | undefined
  readonly failure?: string | undefined
  readonly at?: number | string | Date | undefined
  readonly attempt?: number | undefined
  readonly isExcerpt?: boolean | undefined
}
