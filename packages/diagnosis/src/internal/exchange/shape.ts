/**
 * Defines the types that make up an exchange.
 */

/** A field of a form. The fields of a form are in wire order. */
export interface FormField {
  readonly name: string
  readonly value: string
  /** The length of the value as sent, in bytes; set if `value` differs from the value that was sent. */
  readonly bytes?: number | undefined
}

/** The part of a form that contains a file. The bytes of the file are not kept. */
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

/** A request, either as it was sent or as it will be sent. */
export interface Request {
  /** The name that the client uses for the operation, if known: `GetObjectTagging`. */
  readonly operation?: string | undefined
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The parts of a multipart form, in wire order. */
  readonly form?: ReadonlyArray<FormPart> | undefined
  /** A short text body: a document or an encoded form. The body never contains the bytes of a file. */
  readonly body?: string | undefined
  /** The length of the body in bytes. For a form, the length includes the file and all other parts. */
  readonly size?: number | undefined
  /** The number of bytes of the body that had been sent when the exchange ended. */
  readonly sent?: number | undefined
}

/** A response. Status 0 means that the response has no status, as in browsers. */
export interface Response {
  readonly status: number
  /** Set if the status was not stated by a server but was assumed when the text was recognized. */
  readonly isStatusAssumed?: boolean | undefined
  /** The reason phrase of HTTP/1.1: `Slow Down`. */
  readonly reason?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/**
 * A request and its response.
 *
 * **Details**
 *
 * Everything except the response's status may be missing, but the explanation is less detailed if data is missing. `failure`
 * is the reason why there is no response, such as a code from the operating system or the client (`ECONNRESET`). `at` is the
 * time of the response according to the client's clock: epoch milliseconds, an ISO date, or a `Date`. `attempt` is the number
 * of the attempt, starting at 1. `isExcerpt` means that a recognizer found the exchange inside other text, such as a log or
 * an exception. For such an excerpt, the request as sent is unknown.
 */
export interface Exchange {
  readonly request?: Request | undefined
  readonly response?: Response | undefined
  readonly failure?: string | undefined
  readonly at?: number | string | Date | undefined
  readonly attempt?: number | undefined
  readonly isExcerpt?: boolean | undefined
}
