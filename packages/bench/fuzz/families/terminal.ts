/**
 * What the command prints, and the words it is given.
 */
import * as Columns from "holdfast/Columns"
import * as ExplainFlags from "holdfast/ExplainFlags"
import * as Format from "holdfast/Format"
import * as Defect from "holdfast/Defect"
import * as Lasting from "holdfast/Lasting"
import * as Style from "holdfast/Style"
import * as Printable from "holdfast/Printable"
import * as Target from "holdfast/Target"
import * as Effect from "effect/Effect"
import * as G from "../grammar.ts"
import type { Reader } from "../Reader.ts"

/** The readers. */
export const readers: ReadonlyArray<Reader> = [
  { name: "holdfast/Defect.line", read: (text) => Defect.line(new Error(text)), grammar: G.sentence },
  {
    name: "holdfast/Lasting.parse",
    read: (text) => Effect.runSyncExit(Lasting.parse("--first-contact", text)),
    grammar: G.one(G.seq(G.digits, " ", G.one("s", "min", "h", G.word)), G.value),
  },
  { name: "holdfast/Style.trust", read: Style.trust, grammar: G.sentence, frames: [["\u001b[", "m"]] },
  {
    name: "holdfast/Style.parts",
    read: (text) => [Style.parts(text), Style.parts(Style.trust(`${text}\u001b[1m`))],
    grammar: G.sentence,
    units: ["\ufdd0", "\ufdd1", "\u001b[1m"],
  },
  { name: "holdfast/Columns.clean", read: Columns.clean, grammar: G.sentence },
  { name: "holdfast/Columns.width", read: Columns.width, grammar: G.sentence },
  { name: "holdfast/Columns.cut", read: (text) => Columns.cut(text, 40), grammar: G.sentence },
  { name: "holdfast/Columns.wrap", read: (text) => Columns.wrap(text, 30, 40), grammar: G.sentence },
  { name: "holdfast/Columns.wrap, a line of one column", read: (text) => Columns.wrap(text, 1), grammar: G.sentence },
  { name: "holdfast/Format.fit", read: (text) => Format.fit(text, 40), grammar: G.sentence },
  { name: "holdfast/Printable.clean", read: Printable.clean, grammar: G.sentence },
  {
    name: "holdfast/Printable.line",
    read: (text) => [Printable.line(text, true), Printable.line(text, false)],
    grammar: G.sentence,
    frames: [["\u001b[", "m"]],
  },
  { name: "holdfast/Printable.json", read: (text) => Printable.json({ text }), grammar: G.sentence },
  {
    name: "holdfast/ExplainFlags.parse",
    read: (text) => ExplainFlags.parse(["explain", ...text.split(" ")]),
    grammar: G.some(G.one("--json", "--long", "-", G.word), 5, " "),
  },
  {
    name: "holdfast/Target.resolve",
    read: (text) => Effect.runSyncExit(Target.resolve(text)),
    grammar: G.one(G.known, G.word),
    frames: [["https://", ""]],
  },
]
