/**
 * The tools that are compared, and what they need.
 */
import type { Figures } from "./Figures.ts"

/** A file to upload. */
export interface SourceFile {
  readonly path: string
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

/** The incomplete uploads on a server. */
export interface Leftovers {
  readonly uploads: number
  readonly bytes: number
}

/** A tool that is ready to upload to its own server through a proxy. */
export interface Ready {
  /** The command that uploads all files. It is also the way in which the tool is restarted. */
  readonly program: ReadonlyArray<string>
  readonly env: NodeJS.ProcessEnv
  /** The bytes that the tool has sent so far. */
  readonly sent: () => number
  /** The files that the server stores with the same bytes. */
  readonly whole: () => Promise<ReadonlySet<string>>
  readonly leftovers: () => Promise<Leftovers>
  /** Prepares the next upload: empty server, no state of the tool. */
  readonly reset: () => Promise<void>
  /** Flags to add after a process that ended with these lines, as a user would after reading them. */
  readonly advice?: (output: string) => ReadonlyArray<string>
  readonly end: () => Promise<void>
}

export interface Tool {
  readonly name: string
  /** How the tool continues after a kill, for the table. */
  readonly restart: string
  /** Why the tool cannot run here, if it cannot. */
  readonly missing: string | undefined
  readonly version: () => string
  readonly prepare: (setting: Setting) => Promise<Ready>
}

/** What all tools share. */
export interface Setting {
  /** A temporary folder. */
  readonly parent: string
  /** The folder that contains the files. */
  readonly card: string
  readonly files: ReadonlyArray<SourceFile>
  readonly bytesPerSecond: number
}

/** The figures of one tool. */
export interface Measured {
  readonly tool: Tool
  readonly version: string
  readonly figures: Figures
}
