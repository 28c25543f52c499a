/**
 * The file system that watch folders use. Tests replace it.
 */
import * as Context from "effect/Context"
import type { Files } from "./files.ts"
import { nodeFiles } from "./nodeFiles.ts"

export const WatchFiles = Context.Reference<Files>("@holdfast/durable/internal/WatchFiles", {
  defaultValue: () => nodeFiles,
})
