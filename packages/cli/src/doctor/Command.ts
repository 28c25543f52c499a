/**
 * `holdfast doctor`
 */
import * as Clock from "effect/Clock"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as CommonFlags from "../commandLine/CommonFlags.ts"
import * as Target from "../network/Target.ts"
import * as Ended from "../process/Ended.ts"
import * as Columns from "../terminal/Columns.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as DoctorReport from "./Report.ts"
import * as DoctorRun from "./Run.ts"
import * as Subject from "./Subject.ts"
import * as DoctorView from "./View.ts"

const config = {
  api: CommonFlags.api("The API to check"),
  json: CommonFlags.json("Print one line of JSON"),
}

type Input = Command.Command.Config.Infer<typeof config>

const handler = Effect.fnUntraced(function* ({ api, json }: Input) {
  const output = yield* Output
  const subject = yield* Subject.make(yield* Target.inspect(api))
  const style = Style.make(output.stdout.canColor)
  const columns = Math.min(output.columns("stdout"), Columns.widest)
  const all = yield* DoctorRun.all(subject, (named) =>
    json ? Effect.void : Effect.forEach(DoctorView.check(named, { columns, style }), output.data, { discard: true }),
  )
  const report = DoctorReport.make(subject.target.config.api, yield* Clock.currentTimeMillis, all)
  if (json) yield* output.json(report)
  else yield* output.data(DoctorView.conclusion(report.counts, style))
  yield* Ended.endWith(report.exitCode)
}, Effect.scoped)

/** The command. */
export const command = Command.make("doctor", config, handler).pipe(
  Command.withDescription(
    "Checks this machine, the network, the API and the saved files for everything that can stop an upload. Changes nothing.",
  ),
  Command.withShortDescription("Check this machine and the network"),
)
