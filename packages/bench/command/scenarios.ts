/**
 * All scenarios, from one file for each group.
 */
import type { Scenario } from "./Scenario.ts"
import { clocks } from "./scenarios/clocks.ts"
import { commandLines } from "./scenarios/commandLines.ts"
import { files } from "./scenarios/files.ts"
import { names } from "./scenarios/names.ts"
import { networks } from "./scenarios/networks.ts"
import { processes } from "./scenarios/processes.ts"
import { storages } from "./scenarios/storages.ts"

export const scenarios: ReadonlyArray<Scenario> = [
  ...files,
  ...names,
  ...commandLines,
  ...storages,
  ...clocks,
  ...processes,
  ...networks,
]
