/**
 * Derives the request from the operation in an SDK exception and from the options of the command.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Around from "../around.ts"

/** The parts of a request that an exception preserves. */
export interface Operation {
  readonly operation?: string | undefined
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** Whether the client reports that the request had no credentials. */
  readonly isUnsigned?: boolean | undefined
}

/** Maps the start of an operation's name to the HTTP method. */
const methods: ReadonlyArray<readonly [RegExp, string]> = [
  [/^Head/, "HEAD"],
  [/^(?:Put|UploadPart|Copy|CreateBucket)/, "PUT"],
  [/^(?:CreateMultipart|CompleteMultipart|DeleteObjects|Restore|Select)/, "POST"],
  [/^(?:Delete|Abort)/, "DELETE"],
  [/^(?:Get|List)/, "GET"],
]

/** Maps options of the AWS CLI to the headers that the options set for some operations. */
const options: ReadonlyArray<readonly [option: RegExp, header: string, of: RegExp]> = [
  [
    /--(?:sse|server-side-encryption)[ =](aws:kms(?::dsse)?|AES256)\b/,
    "x-amz-server-side-encryption",
    /^(?:Put|Upload|Create|Copy)/,
  ],
  [/--acl[ =]([a-z-]{4,40})\b/, "x-amz-acl", /^(?:Put|Copy|CreateMultipart)/],
]

/** Returns the headers that the command sets and the operation supports. */
const headersOf = (operation: string | undefined, text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    options.flatMap(([option, header, of]) => {
      const value = operation !== undefined && of.test(operation) ? option.exec(text)?.[1] : undefined
      return value === undefined ? [] : [[header, value]]
    }),
  )

/**
 * Returns the address that results when the endpoint of a command already contains the bucket from `s3://bucket`. The client
 * adds the bucket to the address a second time.
 */
const doubledIn = (text: string): string | undefined => {
  const [, endpoint, host] =
    /--endpoint(?:-url)?[ =]["']?(https?:\/\/([a-z0-9.-]{3,255})(?::\d{1,5})?)/i.exec(text) ?? []
  const [, bucket] = /\bs3:\/\/([a-z0-9.-]{3,63})/.exec(text) ?? []
  return endpoint !== undefined && bucket !== undefined && host?.startsWith(`${bucket}.`) === true
    ? `${endpoint}/${bucket}/`
    : undefined
}

/** Builds the request for an SDK operation from the exception and the surrounding text. */
export const requestOf = (
  { isUnsigned, method: stated, operation, url: told }: Operation,
  text: string,
): Exchange["request"] => {
  const url = told ?? doubledIn(text)
  const headers = headersOf(operation, text)
  const around =
    url === undefined ? Around.requestIn(text) : { url, ...(stated === undefined ? {} : { method: stated }) }
  if (isUnsigned === true) return { ...around, headers }
  const request = Object.keys(headers).length === 0 ? around : { ...around, headers }
  const method = request?.method ?? methods.find(([name]) => operation !== undefined && name.test(operation))?.[1]
  return request === undefined && method === undefined && operation === undefined
    ? undefined
    : {
        ...(operation === undefined ? {} : { operation }),
        ...request,
        ...(method === undefined ? {} : { method }),
      }
}
