/**
 * The tools that upload to an S3 server: rclone, s3cmd and boto3, with default settings and their own options for continuing.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import * as Peer from "../../peers/support/processes/Peer.ts"
import type { Credentials } from "../../peers/support/s3/Credentials.ts"
import * as Proxy from "../shared/proxy.ts"
import * as Rclone from "../shared/rclone.ts"
import * as S3 from "../shared/s3/Server.ts"
import type { Ready, Setting, Tool } from "./Tool.ts"

/** How a tool is started for an endpoint. */
type Command = (
  endpoint: string,
  owner: Credentials,
  setting: Pick<Setting, "card" | "files">,
) => { readonly program: ReadonlyArray<string>; readonly env?: NodeJS.ProcessEnv }

const prepare =
  (command: Command) =>
  async (setting: Setting): Promise<Ready> => {
    const { bytesPerSecond, files, parent } = setting
    const server = await S3.start()
    const proxy = await Proxy.start({ to: server.port, bytesPerSecond })
    const { env, program } = command(proxy.url, server.owner, setting)
    return {
      program,
      env: { PATH: process.env["PATH"], LANG: "C.UTF-8", HOME: parent, TMPDIR: parent, ...env },
      sent: proxy.sent,
      whole: async () => {
        const whole = new Set<string>()
        for (const { name, sha256 } of files) if ((await server.sha256(name)) === sha256) whole.add(name)
        return whole
      },
      leftovers: server.leftovers,
      reset: server.clear,
      end: async () => {
        await proxy.end()
        await server.end()
      },
    }
  }

const firstLine = (program: string, args: ReadonlyArray<string>): string => {
  const { stderr, stdout } = spawnSync(program, args, { encoding: "utf8" })
  return (stdout + stderr).trim().split("\n")[0] ?? ""
}

/** A tool without its server. */
export interface S3Tool extends Pick<Tool, "name" | "restart" | "missing" | "version"> {
  readonly command: Command
}

const rclone: S3Tool = {
  name: "rclone",
  restart: "`rclone copy` again: it skips complete files",
  missing: Rclone.missing,
  version: () => firstLine("rclone", ["version"]).replace(/^rclone v?/, ""),
  command: (endpoint, owner, { card }) => ({
    program: ["rclone", "copy", card, `s3:${S3.bucket}`],
    env: Rclone.environment(endpoint, owner),
  }),
}

const s3cmd: S3Tool = {
  name: "s3cmd",
  restart: "`s3cmd put --continue-put` again: it skips complete files and parts",
  missing: Peer.without(["s3cmd"], "s3cmd"),
  version: () => firstLine("s3cmd", ["--version"]).replace(/^s3cmd version /, ""),
  command: (endpoint, owner, { files }) => {
    const { host } = new URL(endpoint)
    return {
      program: [
        "s3cmd",
        "--config=/dev/null",
        "--no-ssl",
        `--host=${host}`,
        `--host-bucket=${host}`,
        "put",
        "--continue-put",
        ...files.map(({ path }) => path),
        `s3://${S3.bucket}/`,
      ],
      env: { AWS_ACCESS_KEY_ID: owner.accessKeyId, AWS_SECRET_ACCESS_KEY: owner.secretAccessKey },
    }
  },
}

const pythons = ["python3", "/usr/bin/python3"]
const python = pythons.find((path) => spawnSync(path, ["-c", "import boto3"], { stdio: "ignore" }).status === 0)

const boto3: S3Tool = {
  name: "boto3",
  restart: "`upload_file` again for each file whose size on the server differs",
  missing: python === undefined ? "no boto3 here, install python3-boto3" : undefined,
  version: () => firstLine(python ?? "python3", ["-c", "import boto3; print(boto3.__version__)"]),
  command: (endpoint, owner, { files }) => ({
    program: [
      python ?? "python3",
      join(import.meta.dirname, "upload.py"),
      endpoint,
      S3.bucket,
      ...files.map(({ path }) => path),
    ],
    env: {
      AWS_ACCESS_KEY_ID: owner.accessKeyId,
      AWS_SECRET_ACCESS_KEY: owner.secretAccessKey,
      AWS_DEFAULT_REGION: "us-east-1",
    },
  }),
}

export const s3Tools: ReadonlyArray<S3Tool> = [rclone, s3cmd, boto3]

/** The same tools with Ceph's gateway as their server. */
export const tools: ReadonlyArray<Tool> = s3Tools.map(({ command, missing, ...tool }) => ({
  ...tool,
  missing: S3.missing ?? missing,
  prepare: prepare(command),
}))
