/**
 * Makes what a disk may contain after a power failure at a point of a trace.
 *
 * Model: what was written to a file before its last sync began is there. Each later write is there, missing, or torn at a multiple of
 * 512 bytes, independently of the others, so later writes can be there without earlier ones. A later change of the size is there
 * or missing. A new name, a removed name and a renamed file are certain after a sync of the folder, and open before.
 */
import type { Random } from "../shared/random.ts"
import type { Operation } from "./trace.ts"

type Change = Extract<Operation, { readonly _tag: "write" | "truncate" }>

/** The content of one file, apart from its name. */
interface Content {
  /** The synced bytes are the first `length` bytes of this buffer. */
  buffer: Buffer
  length: number
  /** The changes that no sync is known to cover. */
  pending: Array<Change>
  /** For each sync that is running, how many of these changes came before it. */
  syncing: Array<number>
}

const empty = (): Content => ({ buffer: Buffer.alloc(4096), length: 0, pending: [], syncing: [] })

/** The size in bytes of what a disk writes at once. */
const sector = 512

/** Returns the files of one image, by name. */
export const make = (operations: ReadonlyArray<Operation>, end: number, random: Random): Map<string, Buffer> => {
  /** The names as the process sees them, and as they certainly are on the disk. */
  const names = new Map<string, Content>()
  let certain = new Map<string, Content>()
  const open = (name: string): Content => {
    const found = names.get(name)
    if (found !== undefined) return found
    const made = empty()
    names.set(name, made)
    return made
  }
  for (const operation of operations.slice(0, end)) {
    switch (operation._tag) {
      case "create":
        names.set(operation.name, empty())
        break
      case "write":
      case "truncate":
        open(operation.name).pending.push(operation)
        break
      case "syncing": {
        if (operation.name === ".") break
        const { pending, syncing } = open(operation.name)
        syncing.push(pending.length)
        break
      }
      case "sync":
        if (operation.name === ".") {
          certain = new Map(names)
          break
        }
        settle(open(operation.name))
        break
      case "unlink":
        names.delete(operation.name)
        break
      case "rename": {
        const moved = open(operation.from)
        names.delete(operation.from)
        names.set(operation.name, moved)
        break
      }
      case "note":
    }
  }
  const files = new Map<string, Buffer>()
  const contents = new Map<Content, Buffer>()
  for (const name of new Set([...names.keys(), ...certain.keys()])) {
    const now = names.get(name)
    const before = certain.get(name)
    const content = now === before || random.next() < 0.5 ? now : before
    if (content === undefined) continue
    // A file with two names has one content.
    const bytes = contents.get(content) ?? partly(content, random)
    contents.set(content, bytes)
    files.set(name, bytes)
  }
  return files
}

/** Ends the sync that began first. Of two syncs at the same time, the trace does not show which one has ended. */
const settle = (content: Content): void => {
  const covered = content.syncing.shift() ?? 0
  for (const change of content.pending.slice(0, covered)) apply(content, change)
  content.pending = content.pending.slice(covered)
  content.syncing = content.syncing.map((changes) => changes - covered)
}

/** Applies some of the changes since the last sync. In a third of the images, the disk had written almost all of them. */
const partly = (content: Content, random: Random): Buffer => {
  const kept = [0.1, 0.5, 0.97][random.below(3)] ?? 0.5
  const result: Content = { ...content, buffer: Buffer.from(content.buffer), pending: [] }
  for (const change of content.pending) {
    if (random.next() >= kept) continue
    if (change._tag === "truncate" || random.next() < 0.8) {
      apply(result, change)
      continue
    }
    // A write is torn into sectors, of which some arrived.
    for (let at = 0; at < change.bytes.length; at += sector) {
      if (random.next() < 0.5) continue
      apply(result, { ...change, offset: change.offset + at, bytes: change.bytes.subarray(at, at + sector) })
    }
  }
  return result.buffer.subarray(0, result.length)
}

const apply = (content: Content, change: Change): void => {
  const end = change._tag === "truncate" ? change.length : change.offset + change.bytes.length
  if (end > content.buffer.length) {
    content.buffer = Buffer.concat([content.buffer, Buffer.alloc(end * 2 - content.buffer.length)])
  }
  if (change._tag === "write") {
    content.buffer.set(change.bytes, change.offset)
    content.length = Math.max(content.length, end)
  } else {
    // What lies beyond the end reads as zeros if the file grows again.
    content.buffer.fill(0, Math.min(end, content.length))
    content.length = end
  }
}
