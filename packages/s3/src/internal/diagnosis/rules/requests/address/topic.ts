/**
 * What the rules about addresses share.
 */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

/** Makes a rule about addresses. */
export const rule = topic("address")

/** Host and path of the request as evidence; none without a URL. */
export const inUrl = ({ url }: S3Facts, expected?: string): ReadonlyArray<Evidence> =>
  url === undefined
    ? []
    : [
        {
          at: "request.url",
          name: "host and path",
          observed: `${url.host}${url.pathname}`,
          ...(expected === undefined ? {} : { expected }),
        },
      ]

/** The server's sentence as evidence; none where it has none. */
export const theMessage = ({ answer }: S3Facts): ReadonlyArray<Evidence> =>
  answer.message === "" ? [] : [{ at: "response.body.Message", name: "Message", observed: answer.message }]
