/**
 * The exit codes and environment variables of each command. The help of a command lists its exit codes and environment
 * variables after the flags.
 */
import * as Address from "../cluster/Address.ts"
import * as ExplainRun from "../explain/Run.ts"
import type { Outcome, Row } from "../process/ExitCode.ts"
import * as ExitCode from "../process/ExitCode.ts"

/** One or more related environment variables, with their meaning. */
export interface Variable {
  readonly names: string
  readonly meaning: string
}

/** Selects a command's exit codes from the general table, and overrides the meanings that the command defines itself. */
const of = (meanings: Partial<Record<Outcome, string>>): ReadonlyArray<Row> =>
  (Object.keys(ExitCode.table) as ReadonlyArray<Outcome>).flatMap((outcome) => {
    const meaning = meanings[outcome]
    const row = ExitCode.table[outcome]
    return meaning === undefined ? [] : [{ code: row.code, meaning: meaning === "" ? row.meaning : meaning }]
  })

const always = { defect: "", usage: "", interrupted: "" } as const

const unreachable = "the API cannot be reached or does not respond correctly; run the command again"

/** The exit codes by command. */
const exits: Readonly<Record<string, ReadonlyArray<Row>>> = {
  watch: of({
    ...always,
    pairing: "",
    temporary: "",
    refused: "",
    local: "the folder of the queue, the token file or a disk of this machine cannot be used",
    interrupted: "stopped by Ctrl-C or a signal, the normal way to stop watching",
  }),
  queue: of({
    ...always,
    ok: "the queue was shown or changed",
    usage: "the command line cannot be used, or no upload has the id",
    temporary: "the database of the cluster does not answer",
    local: "the queue cannot be read or written",
  }),
  worker: of({
    ...always,
    ok: "stopped by a signal, after the chunks in flight had ended",
    temporary: "the database does not answer; run the command again",
    local: "the tables in the database cannot be used",
    interrupted: "stopped by a signal while chunks were in flight",
  }),
  pair: of({
    ...always,
    ok: "this device is paired",
    pairing: "the code was not approved in time",
    temporary: unreachable,
    refused: "the vendor rejected the pairing",
    local: "the token cannot be saved on this machine",
  }),
  status: of({
    ...always,
    ok: "this device is paired",
    pairing: "this device is not paired",
    temporary: unreachable,
    refused: "the vendor rejected the request",
    local: "the saved token cannot be read",
  }),
  signout: of({
    ...always,
    ok: "signed out, or the device was not paired",
    temporary: "the tokens were removed from this machine, but may still be valid because the API did not respond",
    refused: "the tokens were removed from this machine, but the vendor did not revoke them",
    local: "the token file is damaged or cannot be changed",
  }),
  doctor: of({
    ...always,
    ok: "no problem was found",
    usage: "the command line, the credentials or the proxy variables cannot be used",
    pairing: "this device is not paired, or its sign-in has ended",
    temporary: "the API cannot be reached or does not respond correctly",
    refused: "the vendor rejected the request",
    local: "the disk, the saved files, the clock or Node needs attention",
  }),
  explain: [...Object.values(ExplainRun.exitCodes), ExitCode.table.interrupted],
  policy: of({
    ...always,
    ok: "the policy was shown",
    usage: "the settings or the command line cannot be used",
    local: "the chart file cannot be written",
  }),
  sandbox: of({
    ...always,
    usage: "the command line or the fault plan cannot be used, or the port is in use",
    local: "the sandbox files cannot be written",
    interrupted: "stopped by Ctrl-C or a signal, the normal way to stop the sandbox",
  }),
  help: of({ ok: "the help was shown", usage: "the command does not exist" }),
}

/** Returns the exit codes of a command. `upload` and `holdfast` itself use the general table. */
export const exitsOf = (name: string): ReadonlyArray<Row> => exits[name] ?? Object.values(ExitCode.table)

const credentials: Variable = {
  names: "HOLDFAST_CLIENT_ID, HOLDFAST_CLIENT_SECRET",
  meaning: "the credentials of your integration",
}

const home: Variable = { names: "HOLDFAST_HOME", meaning: "the directory for tokens, the queue and failed exchanges" }

const database: Variable = { names: Address.variable, meaning: "the database of a cluster, if --database is not given" }

const objects: ReadonlyArray<Variable> = [
  {
    names: "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN",
    meaning: "the credentials for files at s3://bucket/key",
  },
  { names: "AWS_REGION, AWS_ENDPOINT_URL_S3", meaning: "the region and the address of their storage" },
]

const temporary: Variable = { names: "TMPDIR", meaning: "the directory for the sandbox files" }

const network: ReadonlyArray<Variable> = [
  { names: "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY", meaning: "the proxy for requests" },
  { names: "NO_PROXY", meaning: "a comma-separated list of hosts to reach without the proxy" },
  { names: "NODE_EXTRA_CA_CERTS", meaning: "a PEM file with additional certificate authorities" },
]

const common: ReadonlyArray<Variable> = [
  { names: "COLUMNS", meaning: "the maximum width of text, in columns" },
  { names: "NO_COLOR, FORCE_COLOR, TERM", meaning: "color support, following the usual conventions" },
  { names: "HOLDFAST_DEBUG", meaning: "adds details to bug reports" },
  { names: "XDG_CACHE_HOME", meaning: "the directory for the compile cache" },
]

const environments: Readonly<Record<string, ReadonlyArray<Variable>>> = {
  upload: [credentials, home, database, ...objects, ...network, temporary],
  watch: [credentials, home, ...network],
  queue: [credentials, home, database],
  worker: [
    credentials,
    database,
    { names: Address.redisVariable, meaning: "the Redis of a cluster, if --redis is not given" },
    ...objects,
    ...network,
  ],
  pair: [credentials, home, database, ...network],
  status: [credentials, home, ...network],
  signout: [credentials, home, ...network],
  doctor: [credentials, home, ...network],
  policy: [
    { names: "LC_ALL, LC_CTYPE, LANG", meaning: "the locale, which determines the characters available for the chart" },
  ],
  sandbox: [temporary],
}

/**
 * Returns the environment variables that a command reads. For a name without its own entry, only the variables that all
 * commands read are returned.
 */
export const environmentOf = (name: string): ReadonlyArray<Variable> => [...(environments[name] ?? []), ...common]
