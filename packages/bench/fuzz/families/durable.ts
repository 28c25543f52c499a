/**
 * Readers of the options of durable uploads, and of the frames of the device's socket.
 */
import * as Bandwidth from "@holdfast/durable/Bandwidth"
import * as FileSelection from "@holdfast/durable/FileSelection"
import * as Frame from "../../../c2c/src/internal/socket/frame.ts"
import * as G from "../grammar.ts"
import type { Reader } from "../Reader.ts"

const limit = G.one(G.seq(G.digits, G.one("", "k", "M", "Mbit/s", "MB", G.word)), "off", "1.5G", ".5M", G.value)
const time = G.seq(G.one("", "Mon-", "sunday-", G.word), G.one("08:00", "23:59", "24:00", G.digits))
const timetable = G.some(G.seq(G.one(G.seq(time, ",", limit), limit), G.one(" ", "; ", "\n")), 5)

const pattern = G.some(
  G.one("*", "**", "?", "/", "{a,b}", "[a-z]", "[!a]", "!(a)", "@(a|b)", "+(a)", "\\", ".mov", "DCIM", G.word, G.value),
  6,
)
/** A path that patterns compare with slowly if they backtrack. */
const path = `DCIM/${"a".repeat(40)}/${"ab".repeat(40)}.mov`

const frame = G.members({
  topic: G.one('"device"', G.json(1)),
  event: G.one('"status_updated"', '"phx_reply"', G.json(1)),
  payload: G.one(G.members({ status: G.one('"paused"', '"ok"', G.json(1)), response: G.json(2) }), G.json(2, G.names)),
  ref: G.one('"1"', "1", "null", G.json(1)),
})

/** The readers. */
export const readers: ReadonlyArray<Reader> = [
  {
    name: "durable/Bandwidth.parse",
    read: Bandwidth.parse,
    grammar: timetable,
    frames: [
      ["08:00,", ""],
      ["Mon-08:00,1M ", ""],
    ],
    units: ["08:00,1M ", "Mon-08:00,1M;", "1.", "a-"],
  },
  {
    name: "durable/FileSelection.compile",
    read: (text) => [FileSelection.compile(text)(path), FileSelection.compile(`DCIM/${text}`)(path)],
    grammar: pattern,
  },
  {
    name: "durable/FileSelection.compile, of one pattern for any name",
    read: FileSelection.compile("**/*a*b*.mov"),
    grammar: G.some(G.one("a", "b", "/", ".mov", G.value), 20),
    units: ["ab", "a/", "b.mov"],
  },
  { name: "durable/FileSelection.nameOf", read: FileSelection.nameOf, grammar: pattern },
  {
    name: "c2c/internal/socket/frame.decode",
    read: (text) => {
      const decoded = Frame.decode(text)
      return [decoded, decoded !== undefined && [Frame.isOk(decoded), Frame.pausedIn(decoded.payload)]]
    },
    grammar: frame,
    frames: [
      ['{"topic":"a","event":"b","payload":', "}"],
      ['{"topic":"', '","event":"b"}'],
    ],
  },
]
