/**
 * Adds details to the one-line report of a failed upload: the cause, the file that contains the exchange, and the command
 * that shows more.
 */
import * as Explain from "@holdfast/explain/Explain"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Effect from "effect/Effect"
import * as ProblemDetails from "../../explain/ProblemDetails.ts"
import * as ExplainView from "../../explain/View.ts"
import type { PersonError } from "../../process/PersonError.ts"
import * as Columns from "../../terminal/Columns.ts"
import { Output } from "../../terminal/Output.ts"
import * as SavedExchange from "./SavedExchange.ts"
import type { UploadState } from "../State.ts"

/** The directory for saved exchanges, or the error that explains why no directory is available. */
export type Home = Effect.Effect<string, PersonError>

/**
 * Saves the exchange that ended an upload, and prints an explanation below the line that has already been printed (`said`).
 *
 * **Details**
 *
 * Never fails. If the exchange cannot be saved, the command prints a note and still explains the failure.
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
          output.message(`the exchange was not saved: ${reason}; set HOLDFAST_HOME to use another directory`),
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

/** Quotes a path so that a shell parses the path as one word. */
const quoted = (path: string): string => (/^[\w@%+=:,./\\-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)
