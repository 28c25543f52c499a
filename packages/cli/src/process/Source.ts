/**
 * Reads input bytes from a file or from standard input.
 */
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Tty from "node:tty"
import * as ExplainInput from "@holdfast/explain/Input"

/** The bytes of the input, or the reason why the input cannot be read. */
export type Source = Uint8Array | Extract<ExplainInput.Input, { readonly _tag: "Unusable" }>

const none = (problem: string, remedy: string): Source => ({ _tag: "Unusable", problem, remedy })

const remedies: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  ENOENT: ["no such file", "check the path"],
  ENOTDIR: ["no such file", "check the path"],
  ENAMETOOLONG: ["no such file", "check the path"],
  EISDIR: ["is a directory, not a file", "name a file in it"],
  EACCES: ["no permission to read the file", "make the file readable (chmod u+r)"],
  EPERM: ["no permission to read the file", "make the file readable (chmod u+r)"],
}

/** Reads a stream, or returns a problem if the stream exceeds the size limit. */
const collect = async (stream: AsyncIterable<Uint8Array>): Promise<Source> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    size += chunk.length
    if (size > ExplainInput.longest) {
      return none(
        `is over ${ExplainInput.longest / 1024 / 1024} MiB`,
        "keep only the headers and a short part of the body",
      )
    }
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size)
}

/** Whether a file or directory with this name exists. */
export const exists = (path: string): boolean => Fs.existsSync(path)

/**
 * Reads a pipe, a terminal or another device.
 *
 * Opening a pipe in blocking mode blocks a thread until a writer opens the pipe. The process cannot exit while the thread is
 * blocked. The function therefore opens the pipe in non-blocking mode and lets the event loop watch it, so that a signal ends
 * the process immediately.
 */
const device = (path: string, isPipe: boolean): AsyncIterable<Uint8Array> => {
  const fd = Fs.openSync(path, Fs.constants.O_RDONLY | Fs.constants.O_NONBLOCK)
  if (isPipe) return new Net.Socket({ fd, readable: true, writable: false })
  return Tty.isatty(fd) ? new Tty.ReadStream(fd) : Fs.createReadStream(path, { fd })
}

/** Reads a file. */
export const file = async (path: string): Promise<Source> => {
  try {
    // Some systems can open a directory, and only reading it fails.
    const found = Fs.statSync(path)
    if (found.isDirectory()) return none("is a directory, not a file", "name a file in it")
    return await collect(found.isFile() ? Fs.createReadStream(path) : device(path, found.isFIFO()))
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason"
    const [problem, remedy] = remedies[code] ?? [`cannot be read (${code})`, "check the file and its disk"]
    return none(problem, remedy)
  }
}

/** Reads standard input. */
export const standardInput = async (stdin: AsyncIterable<Uint8Array>): Promise<Source> => {
  try {
    return await collect(stdin)
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason"
    return none(`cannot be read (${code})`, "name a file instead")
  }
}
