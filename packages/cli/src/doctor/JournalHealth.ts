/**
 * Describes what the checks report about the upload journal.
 */

/** The state of the journal. */
export interface JournalHealth {
  readonly path: string
  readonly bytes: number
  /** The description of the damage, or `undefined` if every record is intact. */
  readonly damage: string | undefined
  /** The number of parts that are sent again because their records are damaged. */
  readonly damagedParts: number
  /** The number of uploads in each state. A state without uploads has no entry. */
  readonly states: Readonly<Record<string, number>>
}

/** The process that works through the queue. */
export interface QueueOwner {
  /** The name that the process recorded, such as its process id. */
  readonly holder: string
  /** When the process became the owner, in epoch milliseconds, if that is known. */
  readonly since: number | undefined
}
