/**
 * All that is true of one exchange with a storage: who signs, what is sent, what happens to it on its way, and what the storage
 * knows.
 */
import type { Random } from "../chance.ts"
import type { Dialect } from "./Dialect.ts"
import type { Kind, Pairs, Refusal, Wire } from "./wire.ts"

/** What is put into a request before it is signed. */
export interface Plan {
  method: string
  region: string
  service: string
  algorithm: string
  /** The time of signing by the clock of the signer. */
  signedAt: number
  /** Seconds. */
  expires: number
  id: string
  secret: string
  token: string | undefined
  host: string
  /** Headers that are signed and sent. */
  headers: Pairs
  query: Pairs
  /** What a form's policy says beyond what its fields need. */
  conditions: Array<unknown>
  fields: Pairs
  policyExpires: number
}

/** What the storage knows. */
export interface Storage {
  /** `undefined`: it does not know the key. */
  secret: string | undefined
  token: string | undefined
  sessionEnded: boolean
  region: string
  bucket: boolean
  object: boolean
  /** What it says after everything else was in order. */
  refusal: Refusal | undefined
  /** What it says before it looks at anything. */
  busy: Refusal | undefined
}

/** An exchange in the making. */
export interface World {
  readonly random: Random
  readonly dialect: Dialect
  readonly kind: Kind
  /** The true time. */
  readonly now: number
  /** How far the clock of the client is ahead, in milliseconds. */
  clock: number
  bucket: string
  key: string
  readonly plan: Plan
  readonly storage: Storage
  /** Headers that something in front of the storage adds to the answer. */
  readonly front: Pairs
}

/** Something that goes wrong. */
export interface Defect {
  readonly name: string
  /** The codes that name it. */
  readonly codes: ReadonlyArray<string>
  readonly fits: (world: World) => boolean
  /** With these it makes a request with another cause than theirs. */
  readonly apart?: ReadonlyArray<string>
  /** Before the request is signed: the signer's mistake, or the state of the world. */
  readonly before?: (world: World) => void
  /** What is done to the request after it was signed. */
  readonly after?: (wire: Wire, world: World) => void
  /** What happens to it on its way: nothing of it is seen where it was sent. */
  readonly onTheWay?: (wire: Wire, world: World) => void
}

/** Whether the request is a form. */
export const isForm = ({ kind }: World): boolean => kind === "post2" || kind === "post4"

/** Whether the proof stands in the query. */
export const isUrl = ({ kind }: World): boolean => !["header4", "complete4", "post2", "post4"].includes(kind)

/** Whether it is signed in version 4. */
export const isV4 = ({ kind }: World): boolean => kind.endsWith("4")

/** Whether the request brings the bytes of an object. */
export const isUpload = ({ kind }: World): boolean => ["header4", "part4", "put2", "put4"].includes(kind)
