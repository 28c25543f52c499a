/**
 * The sign-in server answered, and its answer could not be used.
 */
import * as Schema from "effect/Schema"
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"

/**
 * The answer of a token or device endpoint arrived, and does not hold what the call needs.
 *
 * **Details**
 *
 * Unlike an answer that was lost on the way, this one points at the server, at its address, or at an intermediary that
 * changes answers; sending the request again seldom helps. `problem` says what is wrong, and never quotes the answer: it may
 * hold half of a token. `remedy` says what a person can do. `status` is 0 where the HTTP client could not read that far.
 */
export class AnswerUnreadable extends Schema.TaggedError<AnswerUnreadable>()("AnswerUnreadable", {
  verdict: VerdictSchema,
  status: Schema.Number,
  problem: Schema.String,
}) {
  get remedy(): string {
    return "check the address of the sign-in server, and whether a proxy changes its answers, then sign in again"
  }
  override get message() {
    const status = this.status === 0 ? "" : ` (status ${this.status})`
    return `The sign-in server answered${status}, and the answer cannot be used: ${this.problem}`
  }
}

/**
 * The error for an answer.
 *
 * **Details**
 *
 * An answer without any token may come from an intermediary: asking once more is worth a try. One with tokens that cannot be
 * used comes from the server, which would say the same again.
 */
export const unreadable = (status: number, problem: string, retry: "once" | "never" = "once"): AnswerUnreadable =>
  new AnswerUnreadable({
    status,
    problem,
    verdict: retry === "once" ? Verdict.once({ change: "human" }) : Verdict.never({ change: "human" }),
  })
