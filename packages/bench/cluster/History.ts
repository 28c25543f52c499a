/**
 * What happened during a run of a cluster: the files, what its database and its server recorded, and the disturbances. Times
 * are epoch milliseconds of one machine.
 */
import type { StoredAsset } from "@holdfast/sandbox/StoredAsset"
import type { Seen } from "../shared/sandbox/Protocol.ts"

/** A file to upload. `parts` are the MD5s of its parts, in order. */
export interface SourceFile {
  readonly path: string
  readonly name: string
  readonly sha256: string
  readonly parts: ReadonlyArray<string>
}

/** A part that the journal confirmed. The database recorded it in the transaction that confirmed it. */
export interface Confirmed {
  readonly asset: string
  readonly index: number
  readonly at: number
}

/** An upload that the journal declared done. The database recorded it in the transaction that did so. */
export interface Done {
  readonly path: string
  readonly at: number
}

/** The state of an upload at the end. */
export interface Final {
  readonly path: string
  readonly state: string
  readonly error: string
}

/** Something that the harness did to the cluster, or a stall of the whole machine. `runner` is the name of the process, for kills and freezes. */
export interface Disturbance {
  readonly kind: "kill" | "freeze" | "database" | "redis" | "stall"
  readonly runner: string | undefined
  readonly at: number
  /** When it was over: a frozen runner went on, the database answered again. A kill and the end of Redis never are. */
  readonly until: number
}

export interface History {
  readonly files: ReadonlyArray<SourceFile>
  readonly confirmed: ReadonlyArray<Confirmed>
  readonly done: ReadonlyArray<Done>
  readonly uploads: ReadonlyArray<Final>
  readonly seen: ReadonlyArray<Seen>
  readonly assets: ReadonlyArray<StoredAsset>
  readonly disturbances: ReadonlyArray<Disturbance>
}
