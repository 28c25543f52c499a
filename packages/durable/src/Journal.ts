/**
 * Keeps the state of all uploads on disk, so that a later process can continue them.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Open from "./internal/journal/open.ts"
import type { JournalService } from "./internal/journal/types.ts"
import type { JournalError } from "./JournalError.ts"

export type { Change, JournalService, Opening, Owner } from "./internal/journal/types.ts"

/** Keeps the state of all uploads on disk. */
export class Journal extends Context.Service<Journal, JournalService>()("@holdfast/durable/Journal") {
  /**
   * Keeps the journal in a folder on a local disk, in an SQLite database.
   *
   * **Details**
   *
   * The folder is created with mode 0700 if it is missing. The journal contains upload URLs, so a folder that other users can
   * access is rejected.
   */
  static readonly layer = (options: { readonly directory: string }): Layer.Layer<Journal, JournalError> =>
    Layer.effect(Journal, Open.directory(options.directory))
}
