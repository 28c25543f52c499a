/**
 * Derives the request from the operation in an SDK exception: its method and the options of the command.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Around from "../around.ts"

/** The parts of a request that an exception keeps. */
export interface Operation {
  readonly operation?: string | undefined
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** The client itself reports that the request had no credentials. */
  readonly isUnsigned?: boolean | undefined
}

/** The methods of operations whose name does not begin with one. */
const methods: ReadonlyArray<readonly [RegExp, string]> = [
  [/^Head/, "HEAD"],
  [/^(?:Put|UploadPart|Copy|CreateBucket)/, "PUT"],
  [/^(?:CreateMultipart|CompleteMultipart|DeleteObjects|Restore|Select)/, "POST"],
  [/^(?:Delete|Abort)/, "DELETE"],
  [/^(?:Get|List)/, "GET"],
]

/** Options of the AWS CLI that set headers of some operations. */
const options: ReadonlyArray<readonly [option: RegExp, header: string, of: RegExp]> = [
  [
    /--(?:sse|server-side-encryption)[ =](aws:kms(?::dsse)?|AES256)\b/,
    "x-amz-server-side-encryption",
    /^(?:Put|Upload|Create|Copy)/,
  ],
  [/--acl[ =]([a-z-]{4,40})\b/, "x-amz-acl", /^(?:Put|Copy|CreateMultipart)/],
]

/** The headers that the command sets, if the operation has them. */
const headersOf = (operation: string | undefined, text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    options.flatMap(([option, header, of]) => {
      const value = operation !== undefined && of.test(operation) ? option.exec(text)?.[1] : undefined
      return value === undefined ? [] : [[header, value]]
    }),
  )

/** The address of a command whose endpoint already contains the bucket of `s3://bucket`. The client adds the bucket a second time. */
const doubledIn = (text: string): string | undefined => {
  const [, endpoint, host] =
    /--endpoint(?:-url)?[ =]["']?(https?:\/\/([a-z0-9.-]{3,255})(?::\d{1,5})?)/i.exec(text) ?? []
  const [, bucket] = /\bs3:\/\/([a-z0-9.-]{3,63})/.exec(text) ?? []
  return endpoint !== undefined && bucket !== undefined && host?.startsWith(`${bucket}.`) === true
    ? `${endpoint}/${bucket}/`
    : undefined
}

/** The request of an SDK operation. */
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
