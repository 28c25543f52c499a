/**
 * Helper functions for the rules about addresses.
 */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

/** Creates a rule about addresses. */
export const rule = topic("address")

/** The host and path of the request, as evidence. Empty without a URL. */
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

/** The server's message as evidence; empty if there is no message. */
export const theMessage = ({ answer }: S3Facts): ReadonlyArray<Evidence> =>
  answer.message === "" ? [] : [{ at: "response.body.Message", name: "Message", observed: answer.message }]
