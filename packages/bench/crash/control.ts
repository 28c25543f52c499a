/**
 * The negative control: an upload that sends confirmed parts again on purpose, to which the judge must object.
 */
import * as Fs from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { judge } from "./judge.ts"
import type { Moment } from "./moments.ts"
import * as Upload from "./upload.ts"

/** Removes the records of all parts from the journals below a folder. */
const forgetParts = (home: string): void => {
  for (const name of Fs.readdirSync(home, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith("journal.db")) continue
    const database = new DatabaseSync(join(home, name))
    database.exec("DELETE FROM part")
    database.close()
  }
}

export const run = async (
  options: Omit<Upload.Options, "seed" | "next" | "afterKill">,
): Promise<{ readonly objected: boolean; readonly line: string }> => {
  const moments: Array<Moment> = [{ at: "line", type: "chunk-confirmed", nth: 12, delay: 0 }]
  const history = await Upload.upload({
    ...options,
    seed: 9_999_999,
    next: () => moments.shift(),
    afterKill: (_, home, database) =>
      database === undefined ? forgetParts(home) : options.databases?.query(database, "DELETE FROM part"),
  })
  const { confirmedSentAgain } = judge(history).figures
  const objected = confirmedSentAgain > 0
  return {
    objected,
    line:
      `control: after the records of confirmed parts were removed, the judge found ${confirmedSentAgain} confirmed parts ` +
      `sent again (${objected ? "as it must" : "it must find some"})`,
  }
}
