/**
 * The table of `docs/uploading.md`.
 */
import type { Measured } from "./Tool.ts"

/** What the table states about its method. */
export interface Method {
  readonly files: number
  readonly fileBytes: number
  readonly bytesPerSecond: number
  readonly within: number
}

const MiB = 1024 ** 2

const head = [
  "tool",
  "restart after a kill",
  "kills",
  "sent again",
  "sent again per kill",
  "false successes",
  "files lost",
  "left on the server",
]

const row = ({ figures, tool, version }: Measured): string => {
  const again = Math.max(0, figures.sent - figures.content) / MiB
  const left = `${figures.leftovers} incomplete uploads, ${(figures.leftoverBytes / MiB).toFixed(0)} MiB`
  return line([
    `${tool.name} ${version}`,
    tool.restart,
    String(figures.kills),
    `${again.toFixed(0)} MiB`,
    `${(again / figures.kills).toFixed(1)} MiB`,
    String(figures.falseSuccesses),
    String(figures.lost),
    figures.leftovers === 0 ? "nothing" : left,
  ])
}

const line = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

/** Writes the table. Rows of `earlier` are kept for tools that were not measured this time. */
export const markdown = (
  measured: ReadonlyArray<Measured>,
  {
    earlier,
    method,
    order,
  }: { readonly earlier: string; readonly method: Method; readonly order: ReadonlyArray<string> },
): string => {
  const rows = order.flatMap((name) => {
    const now = measured.find(({ tool }) => tool.name === name)
    return now === undefined ? earlier.split("\n").filter((text) => text.startsWith(`| ${name} `)) : row(now)
  })
  return [
    `${method.files} files of ${method.fileBytes / MiB} MiB over a line of ${method.bytesPerSecond / 1e6} MB/s. Each process was ` +
      `killed at a random time within ${(method.within / 1000).toFixed(1)} s after its start, and then started again; the random ` +
      "times are the same for each tool.",
    "",
    line(head),
    line(head.map((_, column) => (column < 2 ? "---" : "---:"))),
    ...rows,
  ].join("\n")
}
