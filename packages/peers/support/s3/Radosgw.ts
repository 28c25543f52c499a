/**
 * A real S3 server: Ceph's RADOS gateway over one monitor and one store with its objects in memory.
 */
import { Context, Data, Effect, Layer, type Scope } from "effect"
import { randomBytes, randomUUID } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assumeRole } from "./assumeRole.ts"
import type { Credentials } from "./Credentials.ts"
import * as Leash from "../processes/Leash.ts"
import * as Peer from "../processes/Peer.ts"

/** Why Ceph is not available, if it is not. The packages are Debian's. */
export const missing = Peer.without(
  ["radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool"],
  "radosgw ceph-mon ceph-osd",
)

/** It did not start, or did not follow a command; the message ends with the daemons' logs. */
export class RadosgwFailed extends Data.TaggedError("RadosgwFailed")<{
  readonly message: string
  readonly cause: unknown
}> {}

/** The settings of one gateway, in addition to the common ones. */
export interface GatewayOptions {
  /** Options of its web server, such as `request_timeout_ms=1000`. */
  readonly frontend?: string
  /** Lines of its section in `ceph.conf`. */
  readonly settings?: ReadonlyArray<string>
}

/** A cluster with its first gateway. */
export class Radosgw extends Context.Service<
  Radosgw,
  {
    /** The URL of the gateway; bucket names are in the path. */
    readonly endpoint: string
    /** Permanent credentials of a user with all permissions. */
    readonly owner: Credentials
    /** New session credentials from the gateway's STS, valid for 15 minutes, the shortest duration that it allows. */
    readonly session: Effect.Effect<Credentials, RadosgwFailed>
    /** Starts another gateway to the same objects and returns its URL. */
    readonly gateway: (options: GatewayOptions) => Effect.Effect<string, RadosgwFailed, Scope.Scope>
    /** Pauses the store until the scope ends; gateways wait for it. */
    readonly frozen: Effect.Effect<void, never, Scope.Scope>
  }
>()("@holdfast/peers/Radosgw") {
  /** Starts a cluster in about 4 s on free ports of 127.0.0.1, without root. It ends with the layer's scope. */
  static readonly layer: Layer.Layer<Radosgw, RadosgwFailed> = Layer.effect(
    Radosgw,
    Effect.gen(function* () {
      const leash = yield* Effect.acquireRelease(
        Effect.sync(() => Leash.make("holdfast-radosgw")),
        (leash) => Effect.promise(() => leash.release()),
      )
      const attempt = <A>(what: string, promise: () => Promise<A>) =>
        Effect.tryPromise({
          try: promise,
          catch: (cause) =>
            new RadosgwFailed({
              message: `${what}: ${cause instanceof Error ? cause.message : String(cause)}\n${Leash.tail(leash.directory)}`,
              cause,
            }),
        })
      const cluster = yield* attempt("the store did not start", () => startCluster(leash))
      const first = yield* attempt("the gateway did not start", () => startGateway(leash, cluster, {}))
      const owner = { accessKeyId: key(20), secretAccessKey: key(40) }
      yield* attempt("the user was not created", () => createUser(cluster, owner))
      return {
        endpoint: first.endpoint,
        owner,
        session: attempt("no session", () => assumeRole(first.endpoint, owner, role)),
        gateway: (options) =>
          Effect.acquireRelease(
            attempt("the second gateway did not start", () => startGateway(leash, cluster, options)),
            ({ child }) =>
              Effect.promise(async () => {
                const gone = once(child, "exit")
                if (child.exitCode === null && child.kill("SIGKILL")) await gone
              }),
          ).pipe(Effect.map(({ endpoint }) => endpoint)),
        frozen: Effect.acquireRelease(
          Effect.sync(() => cluster.osd.kill("SIGSTOP")),
          () => Effect.sync(() => cluster.osd.kill("SIGCONT")),
        ),
      }
    }),
  )
}

/** Letters and digits, as in S3's keys. */
const key = (length: number): string =>
  randomBytes(2 * length)
    .toString("base64")
    .replaceAll(/[^A-Za-z0-9]/g, "")
    .slice(0, length)
    .toUpperCase()

const role = { user: "camera", name: "uploader", arn: "arn:aws:iam:::role/uploader" }

const startCluster = async (leash: Leash.Leash) => {
  const { directory } = leash
  for (const folder of ["mon", "osd", "run", "rgw"]) mkdirSync(join(directory, folder))
  const fsid = randomUUID()
  const [v2 = 0, v1 = 0] = await Peer.freePorts(2)
  const monitor = `[v2:127.0.0.1:${v2},v1:127.0.0.1:${v1}]`
  const common = configuration(directory, fsid, monitor)
  const conf = join(directory, "ceph.conf")
  writeFileSync(conf, common)

  const map = join(directory, "monmap")
  await Peer.run("monmaptool", ["--create", "--fsid", fsid, "--addv", "a", monitor, map])
  await Peer.run("ceph-mon", ["-c", conf, "-i", "a", "--mkfs", "--monmap", map])
  const mon = leash.start("mon", "ceph-mon", ["-c", conf, "-i", "a", "-f"])
  const osdId = randomUUID()
  const id = (await Peer.run("ceph", ["-c", conf, "--connect-timeout", "30", "osd", "new", osdId])).trim()
  await Peer.run("ceph-osd", ["-c", conf, "-i", id, "--mkfs", "--osd-uuid", osdId])
  const osd = leash.start("osd", "ceph-osd", ["-c", conf, "--no-mon-config", "-i", id, "-f"])
  await Peer.until(
    async () => {
      const state = await Peer.run("ceph", ["-c", conf, "--connect-timeout", "5", "osd", "stat"])
      return state.includes("1 up") ? true : undefined
    },
    { what: "waiting for the store", seconds: 60, ended: () => mon.exitCode !== null || osd.exitCode !== null },
  )
  return { common, conf, osd }
}

type Cluster = Awaited<ReturnType<typeof startCluster>>

const startGateway = async (leash: Leash.Leash, { common }: Cluster, options: GatewayOptions) => {
  const [port = 0] = await Peer.freePorts(1)
  const name = `rgw-${port}`
  const conf = join(leash.directory, `${name}.conf`)
  const frontend = `rgw frontends = beast endpoint=127.0.0.1:${port} ${options.frontend ?? ""}`
  writeFileSync(conf, [common, frontend, "log to stderr = true", ...(options.settings ?? []), ""].join("\n"))
  const child = leash.start(name, "radosgw", ["-c", conf, "--no-mon-config", "-n", "client.rgw", "-f"])
  const endpoint = `http://127.0.0.1:${port}`
  await Peer.until(
    () =>
      fetch(endpoint).then(
        (response) => response.arrayBuffer(),
        () => undefined,
      ),
    { what: "waiting for the gateway", seconds: 60, ended: () => child.exitCode !== null },
  )
  return { child, endpoint }
}

const createUser = async ({ conf }: Cluster, owner: Credentials): Promise<void> => {
  const admin = (args: ReadonlyArray<string>) =>
    Peer.run("radosgw-admin", ["-c", conf, "--no-mon-config", "-n", "client.rgw", ...args])
  const keys = [`--access-key=${owner.accessKeyId}`, `--secret-key=${owner.secretAccessKey}`]
  await admin(["user", "create", `--uid=${role.user}`, "--display-name=A camera", ...keys])
  const who = { AWS: [`arn:aws:iam:::user/${role.user}`] }
  const trust = document({ Effect: "Allow", Principal: who, Action: ["sts:AssumeRole"] })
  await admin(["role", "create", `--role-name=${role.name}`, `--assume-role-policy-doc=${trust}`])
  const rights = document({ Effect: "Allow", Action: ["s3:*"], Resource: ["arn:aws:s3:::*"] })
  await admin(["role-policy", "put", `--role-name=${role.name}`, "--policy-name=s3", `--policy-doc=${rights}`])
}

const document = (statement: object): string => JSON.stringify({ Version: "2012-10-17", Statement: [statement] })

/**
 * The configuration shared by all daemons. Its last section, that of the gateways, is open at the end.
 *
 * Nothing is persisted, replicated or protected: no authentication between the daemons, one copy, objects in memory. The short
 * proposal interval of the monitor reduces the start from 14 s to 4 s.
 */
const configuration = (directory: string, fsid: string, monitor: string): string => `
[global]
fsid = ${fsid}
mon host = ${monitor}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
run dir = ${directory}/run
admin socket = ${directory}/run/$name.$pid.asok
log to file = false
pid file =
crash dir = ${directory}/run
setuser match path =
paxos propose interval = 0.05
paxos min wait = 0.01

[mon]
mon data = ${directory}/mon
mon data avail crit = 1
mon data avail warn = 1
mon cluster log to file = false
log to stderr = true

[osd]
osd data = ${directory}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd max object name len = 4096
osd heartbeat grace = 60
log to stderr = true

[client]
# The gateway wants an encrypted connection to the monitor, which there is none of without authentication.
ms mon client mode = crc
rgw data = ${directory}/rgw
rgw dns name = localhost
rgw enable apis = s3, sts, iam, admin
rgw s3 auth use sts = true
# Asking the local users first keeps the answer to a wrong key precise.
rgw s3 auth order = local, sts
rgw sts key = ${key(16)}
rgw override bucket index max shards = 1
rgw run sync thread = false
rgw enable gc threads = false
rgw enable lc threads = false
rgw enable quota threads = false
rgw enable usage log = false
rgw enable ops log = false
`
