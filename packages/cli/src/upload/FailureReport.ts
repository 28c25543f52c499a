/**
 * What a failed upload says beside its one line: the cause, where the exchange was kept, and the command that tells more.
 */
import * as Explain from "@holdfast/explain/Explain"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Effect from "effect/Effect"
import * as ProblemDetails from "../explain/ProblemDetails.ts"
import * as ExplainView from "../explain/View.ts"
import type { PersonError } from "../process/PersonError.ts"
import * as Columns from "../terminal/Columns.ts"
import { Output } from "../terminal/Output.ts"
import * as SavedExchange from "./SavedExchange.ts"
import type { UploadState } from "./State.ts"

/** Where exchanges are kept, or why nowhere. */
export type Home = Effect.Effect<string, PersonError>

/**
 * Keeps the exchange that ended an upload and explains it below the line that was `said`.
 *
 * **Details**
 *
 * Never fails: a disk that is full or may not be written to is a note, and the explanation comes all the same.
 */
export const tell = (
  run: UploadState,
  exchange: Exchange,
  about: { readonly path: string | undefined; readonly said: string; readonly json: boolean; readonly home: Home },
): Effect.Effect<void, never, Output> =>
  Effect.gen(function* () {
    const explanation = Explain.explain(exchange)
    if (explanation.outcome === "succeeded") return
    const output = yield* Output
    const saved = yield* about.home.pipe(
      Effect.mapError(({ message }) => message),
      Effect.flatMap((home) =>
        SavedExchange.save(exchange, home).pipe(
          Effect.mapError(({ code, directory }) => `cannot write to ${directory} (${code})`),
        ),
      ),
      Effect.catch((reason) =>
        Effect.as(
          output.message(`the exchange was not saved: ${reason}; HOLDFAST_HOME names another place`),
          undefined,
        ),
      ),
    )
    if (about.json) {
      return yield* run.emit({
        type: "explanation",
        path: about.path ?? null,
        saved: saved ?? null,
        problem: ProblemDetails.explanation(explanation),
      })
    }
    const lines = ExplainView.render(explanation, {
      columns: Math.min(output.columns(), Columns.widest),
      whole: !output.stderr.isTerminal,
      color: output.stderr.canColor,
      long: false,
      said: about.said,
      more: saved === undefined ? undefined : `holdfast explain ${quoted(saved)} --long`,
    })
    for (const line of lines) yield* output.message(line)
  })

/** A path that a shell reads as one word. */
const quoted = (path: string): string => (/^[\w@%+=:,./\\-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)
