/**
 * Keeps a compact record of the body bytes that have been sent, so that a retry can be compared with them.
 */

/** The distance between checkpoints, in bytes. A checkpoint is also recorded at the position where a read ends. */
const stride = 65_536

/** A position in a body, and the hash of all bytes before that position. */
interface Mark {
  readonly at: number
  readonly hash: string
}

/**
 * Records the bytes that the attempts of one call have read from the body.
 *
 * **Details**
 *
 * The record contains a 64-bit hash for every 64 KiB of the body. The hashes reveal a different file, an advanced cursor or
 * an exhausted iterator, but not forged bytes.
 */
export class Trail {
  /** The checkpoints, sorted by position. */
  private readonly marks: Array<Mark> = []
  /** The announced length of the body, if it is known. */
  private readonly length: number | undefined
  /** The length of the body, which is known after a read has reached the end. */
  private end: number | undefined = undefined
  private last: Reading | undefined = undefined

  constructor(length: number | undefined) {
    this.length = length
  }

  /** Starts the read for one attempt and ends the previous read. */
  begin(): Reading {
    this.settle()
    this.last = new Reading(this.marks, this.length, this.end, this.last !== undefined)
    return this.last
  }

  /**
   * Whether a second read of the body cannot be verified. A second read cannot be verified if the length of the body is
   * unknown and the earlier read stopped before it received any bytes or reached the end.
   */
  isDoubtful(): boolean {
    const { last, length } = this
    return last !== undefined && last.at === 0 && !last.isAtEnd && this.marks.length === 0 && length === undefined
  }

  /** The problem that the last read found, if there is one. */
  problem(): string | undefined {
    return this.last?.problem
  }

  private settle(): void {
    const { last, marks } = this
    if (last === undefined) return
    for (const mark of [...last.found, { at: last.at, hash: last.hash() }]) {
      if (mark.at > (marks.at(-1)?.at ?? 0)) marks.push(mark)
    }
    if (last.isAtEnd && last.problem === undefined) this.end = last.at
  }
}

/** One read of the body. */
export class Reading {
  at = 0
  isAtEnd = false
  problem: string | undefined = undefined
  /** The checkpoints that this read found, for use in later reads. */
  readonly found: Array<Mark> = []
  private readonly marks: ReadonlyArray<Mark>
  private readonly length: number | undefined
  private readonly end: number | undefined
  private readonly isAgain: boolean
  private next = 0
  private readonly hasher = new Hasher()

  constructor(marks: ReadonlyArray<Mark>, length: number | undefined, end: number | undefined, isAgain: boolean) {
    this.marks = marks
    this.length = length
    this.end = end
    this.isAgain = isAgain
  }

  hash(): string {
    return this.hasher.value()
  }

  /** Adds the next bytes. Returns a description of the problem, if there is one. */
  add(bytes: Uint8Array): string | undefined {
    let from = 0
    while (from < bytes.length && this.problem === undefined) {
      const mark = this.marks[this.next]
      const boundary = (Math.floor(this.at / stride) + 1) * stride
      const stop = Math.min(mark?.at ?? boundary, boundary)
      const to = Math.min(bytes.length, from + stop - this.at)
      this.hasher.add(bytes.subarray(from, to))
      this.at += to - from
      from = to
      if (this.at === mark?.at) {
        this.next++
        if (this.hash() !== mark.hash)
          this.problem = `the first ${mark.at} bytes of the body differ from the bytes sent earlier`
      } else if (this.at === boundary) this.found.push({ at: this.at, hash: this.hash() })
      const limit = this.end ?? this.length
      if (this.problem === undefined && limit !== undefined && this.at > limit) {
        this.problem = `the body has more than ${limit} bytes`
      }
    }
    return this.problem
  }

  /** Records that the end of the body has been reached. Returns a description of the problem if bytes are missing. */
  finish(): string | undefined {
    this.isAtEnd = true
    const expected = this.end ?? this.length ?? this.marks.at(-1)?.at ?? 0
    if (this.at < expected) this.problem ??= `the body ended after ${this.at} of ${expected} bytes`
    else if (this.isAgain && this.at === 0 && this.end === undefined && this.length === undefined) {
      this.problem ??= "the body was empty when it was read again"
    }
    return this.problem
  }
}

/** A hash of all bytes. */
export const fingerprintOf = (bytes: Uint8Array): string => {
  const hasher = new Hasher()
  hasher.add(bytes)
  return `${bytes.length}.${hasher.value()}`
}

/**
 * A hash over four-byte words, with two 32-bit lanes. The hash does not depend on how the bytes are split into pieces.
 */
class Hasher {
  private one = 0x9e3779b9
  private two = 0x85ebca6b
  /** The bytes of an incomplete word, and the number of these bytes. */
  private word = 0
  private held = 0

  add(bytes: Uint8Array): void {
    let at = 0
    while (this.held > 0 && at < bytes.length) this.push(bytes[at++])
    const { length } = bytes
    if (this.held === 0 && length - at >= 4) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, length)
      let { one, two } = this
      for (; at + 4 <= length; at += 4) {
        const word = view.getInt32(at, true)
        one = mixed(one ^ word, 0x01000193)
        two = mixed((two + word) | 0, 0x5bd1e995)
      }
      this.one = one
      this.two = two
    }
    while (at < length) this.push(bytes[at++])
  }

  value(): string {
    return `${this.one >>> 0}.${this.two >>> 0}.${this.word >>> 0}.${this.held}`
  }

  private push(byte = 0): void {
    this.word |= byte << (8 * this.held++)
    if (this.held < 4) return
    this.one = mixed(this.one ^ this.word, 0x01000193)
    this.two = mixed((this.two + this.word) | 0, 0x5bd1e995)
    this.word = this.held = 0
  }
}

/** A multiplication carries only into higher bits. The shift moves these bits back down. */
const mixed = (value: number, factor: number): number => {
  const product = Math.imul(value, factor)
  return product ^ (product >>> 15)
}
