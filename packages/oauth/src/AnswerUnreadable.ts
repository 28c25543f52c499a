/**
 * The error that reports an unusable response from the sign-in server.
 */
import * as Schema from "effect/Schema"
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"

/**
 * The response from a token or device endpoint arrived but lacks a value that the call needs.
 *
 * **Details**
 *
 * This error is caused by the server, a wrong server address, or an intermediary that modifies responses, so a retry rarely
 * helps. `problem` describes the defect without quoting the response, which may contain part of a token. `remedy` describes
 * what a user can do to resolve the error. `status` is 0 if the HTTP client could not read the status.
 */
export class AnswerUnreadable extends Schema.TaggedError<AnswerUnreadable>()("AnswerUnreadable", {
  verdict: VerdictSchema,
  status: Schema.Number,
  problem: Schema.String,
}) {
  get remedy(): string {
    return "check the address of the sign-in server and whether a proxy modifies its responses, then sign in again"
  }
  override get message() {
    const status = this.status === 0 ? "" : ` (status ${this.status})`
    return `The sign-in server responded${status}, but the response cannot be used: ${this.problem}`
  }
}

/**
 * Creates the error for an unusable response.
 *
 * **Details**
 *
 * A response without a token may come from an intermediary, so the request is retried once. A response with invalid tokens
 * comes from the server, which would send the same response again.
 */
export const unreadable = (status: number, problem: string, retry: "once" | "never" = "once"): AnswerUnreadable =>
  new AnswerUnreadable({
    status,
    problem,
    verdict: retry === "once" ? Verdict.once({ change: "human" }) : Verdict.never({ change: "human" }),
  })
