/**
 * Readers behind the command's output and arguments.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Address from "../../../cli/src/cluster/Address.ts"
import * as Columns from "../../../cli/src/terminal/Columns.ts"
import * as ExplainFlags from "../../../cli/src/explain/Flags.ts"
import * as Format from "../../../cli/src/terminal/Format.ts"
import * as Defect from "../../../cli/src/process/Defect.ts"
import * as DurationFlag from "../../../cli/src/upload/DurationFlag.ts"
import * as Listen from "../../../cli/src/worker/Listen.ts"
import * as Style from "../../../cli/src/terminal/Style.ts"
import * as Printable from "../../../cli/src/terminal/Printable.ts"
import * as Target from "../../../cli/src/network/Target.ts"
import * as G from "../grammar.ts"
import type { Reader } from "../Reader.ts"

const host = G.one("db.local", "[::1]", "127.0.0.1", "user:word@db", G.word)
const address = (scheme: string) =>
  G.seq(G.one(scheme, G.word), "://", host, G.one(":", ""), G.digits, G.one("/", ""), G.value)

/** The readers. */
export const readers: ReadonlyArray<Reader> = [
  { name: "holdfast/process/Defect.line", read: (text) => Defect.line(new Error(text)), grammar: G.sentence },
  {
    name: "holdfast/upload/DurationFlag.parse",
    read: (text) => Effect.runSyncExit(DurationFlag.parse("--first-contact", text)),
    grammar: G.one(G.seq(G.digits, " ", G.one("s", "min", "h", G.word)), G.value),
  },
  { name: "holdfast/terminal/Style.trust", read: Style.trust, grammar: G.sentence, frames: [["\u001b[", "m"]] },
  {
    name: "holdfast/terminal/Style.parts",
    read: (text) => [Style.parts(text), Style.parts(Style.trust(`${text}\u001b[1m`))],
    grammar: G.sentence,
    units: ["\ufdd0", "\ufdd1", "\u001b[1m"],
  },
  { name: "holdfast/terminal/Columns.clean", read: Columns.clean, grammar: G.sentence },
  { name: "holdfast/terminal/Columns.width", read: Columns.width, grammar: G.sentence },
  { name: "holdfast/terminal/Columns.cut", read: (text) => Columns.cut(text, 40), grammar: G.sentence },
  { name: "holdfast/terminal/Columns.wrap", read: (text) => Columns.wrap(text, 30, 40), grammar: G.sentence },
  {
    name: "holdfast/terminal/Columns.wrap, a line of one column",
    read: (text) => Columns.wrap(text, 1),
    grammar: G.sentence,
  },
  { name: "holdfast/terminal/Format.fit", read: (text) => Format.fit(text, 40), grammar: G.sentence },
  { name: "holdfast/terminal/Printable.clean", read: Printable.clean, grammar: G.sentence },
  {
    name: "holdfast/terminal/Printable.line",
    read: (text) => [Printable.line(text, true), Printable.line(text, false)],
    grammar: G.sentence,
    frames: [["\u001b[", "m"]],
  },
  { name: "holdfast/terminal/Printable.json", read: (text) => Printable.json({ text }), grammar: G.sentence },
  {
    name: "holdfast/explain/Flags.parse",
    read: (text) => ExplainFlags.parse(["explain", ...text.split(" ")]),
    grammar: G.some(G.one("--json", "--long", "-", G.word), 5, " "),
  },
  {
    name: "holdfast/network/Target.inspect",
    read: (text) => Effect.runSyncExit(Target.inspect(text)),
    grammar: G.one(G.known, G.word),
    frames: [["https://", ""]],
  },
  {
    name: "holdfast/network/Target.resolve",
    read: (text) => Effect.runSyncExit(Target.resolve(text)),
    grammar: G.one(G.known, G.word),
    frames: [["https://", ""]],
  },
  {
    name: "holdfast/cluster/Address.parse",
    read: (text) => Effect.runSyncExit(Address.parse(text, "--database")),
    grammar: address("postgres"),
    frames: [["postgres://", ""]],
  },
  {
    name: "holdfast/cluster/Address.resolve",
    read: (text) => Effect.runSyncExit(Address.resolve(Option.some(text))),
    grammar: address("postgresql"),
    frames: [["postgresql://", ""]],
  },
  {
    name: "holdfast/cluster/Address.redis",
    read: (text) => Effect.runSyncExit(Address.redis(Option.some(text))),
    grammar: address("redis"),
    frames: [["redis://", ""]],
  },
  {
    name: "holdfast/worker/Listen.parse",
    read: (text) => Effect.runSyncExit(Listen.parse(text)),
    grammar: G.seq(host, ":", G.digits),
    frames: [["[", "]:1"]],
  },
]
