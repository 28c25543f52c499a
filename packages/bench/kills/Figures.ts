/** The figures of one tool after all of its kills. */
export interface Figures {
  readonly kills: number
  readonly uploads: number
  readonly processes: number
  /** All bytes that the tool sent, and the bytes of the files. */
  readonly sent: number
  readonly content: number
  /** Processes that ended with 0 although a file was missing or different on the server. */
  readonly falseSuccesses: number
  /** Files that were missing or different after the last process of their upload. */
  readonly lost: number
  /** Uploads whose last process failed. */
  readonly unfinished: number
  /** Incomplete uploads on the server after the last process. */
  readonly leftovers: number
  readonly leftoverBytes: number
}
