/** A disk in memory, which a test changes and breaks. */
import { Effect } from "effect"
import { FileFault, type Files, type Stats, type Watcher } from "../../src/internal/watch/files.ts"

interface Node {
  kind: Stats["kind"]
  bytes: bigint
  modifiedNs: bigint
  createdNs: bigint
  inode: bigint
  links: bigint
}

export class ScriptedDisk {
  /** The nodes by their paths from the root, which is `/card`. */
  nodes = new Map<string, Node>()
  readonly faults = new Map<string, string>()
  readonly operations: Array<string> = []
  device = 1n
  mark = "card-1"
  keepsInodes = true
  statesCreation = true
  unreported: string | undefined
  /** The code with which every watcher fails. */
  watchFault: string | undefined
  /** Whether changes raise events. */
  isReporting = true
  /** How long each operation takes. */
  latencyMillis = 0
  /** How many of these operations run, and how many ran at most. */
  running = 0
  most = 0
  private readonly watchers = new Map<
    string,
    {
      readonly inode: bigint | undefined
      readonly onChange: (name: string | undefined) => void
      readonly onFailure: (code: string) => void
    }
  >()
  private count = 0n

  constructor() {
    this.nodes.set("/card", this.node("folder", 0))
  }

  private node(kind: Stats["kind"], bytes: number, times: { modified?: bigint; created?: bigint } = {}): Node {
    const inode = ++this.count
    return {
      kind,
      bytes: BigInt(bytes),
      modifiedNs: times.modified ?? inode * 1_000_000n,
      createdNs: this.statesCreation ? (times.created ?? inode * 1_000_000n) : 0n,
      inode,
      links: 1n,
    }
  }

  private notify(path: string): void {
    const slash = path.lastIndexOf("/")
    const watcher = this.watchers.get(path.slice(0, slash))
    // A watcher belongs to a folder, and not to the one that replaced it.
    const isCurrent = watcher?.inode === this.nodes.get(path.slice(0, slash))?.inode
    if (this.isReporting && isCurrent) watcher?.onChange(path.slice(slash + 1))
  }

  /** Creates a file with the folders above it, or changes its content. */
  write(relative: string, bytes: number, times: { modified?: bigint; created?: bigint } = {}): void {
    const path = `/card/${relative}`
    this.folder(path.slice(0, path.lastIndexOf("/")))
    const before = this.nodes.get(path)
    if (before === undefined) this.nodes.set(path, this.node("file", bytes, times))
    else {
      before.bytes = BigInt(bytes)
      before.modifiedNs = times.modified ?? ++this.count * 1_000_000n
    }
    this.notify(path)
  }

  /** Creates a folder, given its absolute path. */
  folder(path: string): void {
    if (path === "" || this.nodes.has(path)) return
    this.folder(path.slice(0, path.lastIndexOf("/")))
    this.nodes.set(path, this.node("folder", 0))
    this.notify(path)
  }

  special(relative: string, kind: "link" | "other"): void {
    this.nodes.set(`/card/${relative}`, this.node(kind, 0))
    this.notify(`/card/${relative}`)
  }

  link(from: string, to: string): void {
    const node = this.nodes.get(`/card/${from}`)
    if (node === undefined) throw new Error(from)
    node.links++
    this.nodes.set(`/card/${to}`, node)
    this.notify(`/card/${to}`)
  }

  /** Renames a file or a folder with its content. */
  move(from: string, to: string): void {
    for (const [path, node] of Array.from(this.nodes)) {
      if (path !== `/card/${from}` && !path.startsWith(`/card/${from}/`)) continue
      this.nodes.delete(path)
      this.nodes.set(`/card/${to}${path.slice(`/card/${from}`.length)}`, node)
    }
    this.notify(`/card/${from}`)
    this.notify(`/card/${to}`)
  }

  remove(relative: string): void {
    for (const [path, node] of this.nodes) {
      if (path !== `/card/${relative}` && !path.startsWith(`/card/${relative}/`)) continue
      this.nodes.delete(path)
      node.links--
    }
    this.notify(`/card/${relative}`)
  }

  /** Removes the card. The watchers stay silent, as those of a removed volume do. */
  pull(): Map<string, Node> {
    const nodes = this.nodes
    this.nodes = new Map()
    return nodes
  }

  /** Leaves the empty folder on which the card was mounted. */
  emptyMountPoint(): void {
    this.nodes = new Map([["/card", this.node("folder", 0)]])
    this.device = 99n
  }

  /** Mounts a card, as another device. */
  insert(nodes: Map<string, Node>): void {
    this.nodes = nodes
    this.device = 50n + ++this.count
  }

  /** Lets all watchers fail. */
  failWatchers(code: string): void {
    for (const { onFailure } of this.watchers.values()) onFailure(code)
  }

  get watched(): ReadonlyArray<string> {
    return [...this.watchers.keys()].toSorted()
  }

  private attempt<A>(operation: string, path: string, run: (node: Node) => A): Effect.Effect<A, FileFault> {
    return Effect.suspend(() => {
      this.operations.push(`${operation} ${path}`)
      this.running++
      this.most = Math.max(this.most, this.running)
      return (this.latencyMillis > 0 ? Effect.sleep(this.latencyMillis) : Effect.void).pipe(
        Effect.flatMap(() => {
          const code = this.faults.get(`${operation} ${path}`) ?? this.faults.get(path)
          const node = this.nodes.get(path)
          if (code === "hangs") return Effect.never
          if (code !== undefined) return Effect.fail(new FileFault({ code }))
          return node === undefined ? Effect.fail(new FileFault({ code: "ENOENT" })) : Effect.succeed(run(node))
        }),
        Effect.ensuring(Effect.sync(() => this.running--)),
      )
    })
  }

  private stats(node: Node): Stats {
    return { device: this.device, ...node }
  }

  readonly files: Files = {
    volume: (folder) =>
      this.attempt("volume", folder, (node) => ({
        stats: this.stats(node),
        mark: this.mark,
        keepsInodes: this.keepsInodes,
        unreported: this.unreported,
      })),
    list: (folder) =>
      this.attempt("list", folder, () =>
        [...this.nodes.keys()]
          .filter((path) => path.slice(0, path.lastIndexOf("/")) === folder)
          .map((path) => path.slice(folder.length + 1))
          .map((text) => ({ text, isText: !text.includes("\\x") })),
      ),
    stat: (path) => this.attempt("stat", path, (node) => this.stats(node)),
    readable: (path) => this.attempt("readable", path, () => undefined),
    watch: (folder, onChange, onFailure) =>
      Effect.suspend(() => {
        if (this.watchFault !== undefined) return Effect.fail(new FileFault({ code: this.watchFault }))
        const one = { inode: this.nodes.get(folder)?.inode, onChange, onFailure }
        this.watchers.set(folder, one)
        const close = (): void => {
          if (this.watchers.get(folder) === one) this.watchers.delete(folder)
        }
        return Effect.succeed<Watcher>({ close })
      }),
  }
}
