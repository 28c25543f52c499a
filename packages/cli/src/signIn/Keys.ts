/**
 * Detects when the user at the terminal presses Enter to request a new code.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs"

/** A service that waits for the user to press a key at the terminal. */
export class Keys extends Context.Service<
  Keys,
  {
    /**
     * Whether the command can read keys: standard input must be a terminal, and the command must run in the terminal's
     * foreground.
     */
    readonly available: boolean
    /** Waits for Enter. */
    readonly enter: Effect.Effect<void>
  }
>()("holdfast/Keys") {
  /** A layer for a terminal from which the command cannot read keys. */
  static readonly layerNone: Layer.Layer<Keys> = Layer.succeed(Keys, { available: false, enter: Effect.never })

  /**
   * A layer that reads keys from the terminal of this process.
   *
   * **Details**
   *
   * Keys are read without echo, so that pressing Enter does not break the progress block. Ctrl-C and Ctrl-Z work as usual.
   */
  static readonly layer: Layer.Layer<Keys> = Layer.sync(Keys, () => {
    const { stdin } = process
    if (!stdin.isTTY || !inForeground()) return { available: false, enter: Effect.never }
    const enter = Effect.callback<void>((resume) => {
      const onContinue = () => stdin.setRawMode(true)
      const release = () => {
        stdin.off("data", onData)
        process.off("SIGCONT", onContinue)
        stdin.setRawMode(false)
        stdin.pause()
      }
      const onData = (data: Buffer) => {
        for (const byte of data) {
          if (byte === 0x03) return void process.kill(process.pid, "SIGINT")
          if (byte === 0x1a) {
            stdin.setRawMode(false)
            return void process.kill(process.pid, "SIGTSTP")
          }
          if (byte === 0x0d || byte === 0x0a) {
            release()
            return resume(Effect.void)
          }
        }
      }
      stdin.setRawMode(true)
      stdin.on("data", onData)
      process.on("SIGCONT", onContinue)
      stdin.resume()
      return Effect.sync(release)
    })
    return { available: true, enter }
  })
}

/**
 * Linux stops a background process that reads from the terminal. Other systems do not expose whether a process is in the
 * foreground.
 */
const inForeground = (): boolean => {
  try {
    // The fields after the name in parentheses: state, parent, process group, session, terminal, and the terminal's
    // foreground group.
    const fields = Fs.readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")
    return fields[2] === fields[5]
  } catch {
    return true
  }
}
