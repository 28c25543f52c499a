/**
 * Reads the Enter key, with which a person at the terminal requests a new code.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs"

/** The keys that a person presses. */
export class Keys extends Context.Service<
  Keys,
  {
    /** Whether the command can read keys: standard input is a terminal, and the command is in its foreground. */
    readonly available: boolean
    /** Waits for Enter. */
    readonly enter: Effect.Effect<void>
  }
>()("holdfast/Keys") {
  /** A terminal without keys. */
  static readonly layerNone: Layer.Layer<Keys> = Layer.succeed(Keys, { available: false, enter: Effect.never })

  /**
   * The terminal of this process.
   *
   * **Details**
   *
   * Keys are read without echo, so that Enter does not break the progress block. Ctrl-C and Ctrl-Z keep their meaning.
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

/** Linux stops a background process that reads the terminal. Other systems do not expose this. */
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
