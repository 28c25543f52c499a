/**
 * Reads the trace of the recorder.
 */

/**
 * One operation of the recorded process. `syncing` and `sync` are the begin and the end of a sync. `note` is what the process
 * said itself.
 */
export type Operation =
  | { readonly _tag: "create" | "syncing" | "sync" | "unlink"; readonly name: string }
  | { readonly _tag: "write"; readonly name: string; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly _tag: "truncate"; readonly name: string; readonly length: number }
  | { readonly _tag: "rename"; readonly name: string; readonly from: string }
  | { readonly _tag: "note"; readonly text: string }

/** The file that contains the notes. */
export const notes = "marks"

const plain = ["create", "syncing", "sync", "unlink"] as const

const isPlain = (operation: string): operation is (typeof plain)[number] =>
  (plain as ReadonlyArray<string>).includes(operation)

/** Reads a trace. An operation that was cut off at the end is left out. */
export const parse = (trace: Buffer): ReadonlyArray<Operation> => {
  const operations: Array<Operation> = []
  let at = 0
  for (;;) {
    const end = trace.indexOf(10, at)
    if (end < 0) return operations
    const [operation = "", first = "", second = "", ...rest] = trace.toString("utf8", at, end).split(" ")
    const name = rest.join(" ")
    const length = Number(second)
    at = end + 1
    const hasBytes = operation === "write" || operation === "rename"
    if (hasBytes && at + length >= trace.length) return operations
    const bytes = hasBytes ? trace.subarray(at, at + length) : Buffer.alloc(0)
    if (hasBytes) at += length + 1
    if (name === notes) {
      if (operation === "write") operations.push({ _tag: "note", text: bytes.toString("utf8") })
    } else if (operation === "write") operations.push({ _tag: "write", name, offset: Number(first), bytes })
    else if (operation === "rename") operations.push({ _tag: "rename", name, from: bytes.toString("utf8") })
    else if (operation === "truncate") operations.push({ _tag: "truncate", name, length: Number(first) })
    else if (isPlain(operation)) operations.push({ _tag: operation, name })
  }
}
