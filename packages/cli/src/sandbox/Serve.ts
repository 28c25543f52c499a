/**
 * Serves a sandbox until the process is interrupted.
 */
import { Sandbox } from "@holdfast/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Embedded from "../network/Embedded.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Format from "../terminal/Format.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"

/** The port, the faults and the output format of the sandbox. */
interface Input extends Embedded.Faults {
  readonly port: number
  readonly json: boolean
}

/** Runs a sandbox until it is interrupted, and prints each fault that it injects. */
export const serve = (input: Input) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox
    const output = yield* Output
    const style = Style.make(output.stderr.canColor)
    if (input.json) {
      yield* output.json({ type: "listening", url: sandbox.url, faults: input.faults, seed: input.seed })
    } else {
      yield* output.data(sandbox.url)
      yield* output.message(
        style.dim(`faults ${input.faults}, seed ${input.seed}; Ctrl-C stops the sandbox and removes its files`),
      )
      yield* output.message(`  pair     holdfast pair --api ${sandbox.url}`)
      yield* output.message(`  approve  ${sandbox.url}/device`)
      yield* output.message(`  upload   holdfast upload --api ${sandbox.url} FILE`)
    }
    yield* sandbox.diskFailure.pipe(
      Effect.catch((error) => output.message(`${style.bad("holdfast:")} ${Remedy.sandbox(error).message}`)),
      Effect.forkScoped,
    )
    return yield* Stream.runForEach(sandbox.events, (fault) => {
      return input.json
        ? output.json({ type: "fault", ...fault })
        : output.message(`${style.dim(Format.timeOfDay(fault.at))}  ${fault.message}`)
    }).pipe(Effect.andThen(Effect.never))
  }).pipe(Effect.scoped, Effect.provide(Embedded.layer(input)))
