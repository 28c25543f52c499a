/**
 * The operands and flags of `holdfast upload`.
 */
import { frameIo } from "@holdfast/c2c/C2cConfig"
import * as FaultPlan from "@holdfast/sandbox/FaultPlan"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"
import * as Address from "../cluster/Address.ts"
import * as CommonFlags from "../commandLine/CommonFlags.ts"
import * as ParallelFlag from "./ParallelFlag.ts"

/**
 * If a flag is repeated, its last occurrence takes precedence, so `npm start -- --faults outage` overrides the flag in the
 * script.
 */
const lastOf = <A>(flag: Flag.Flag<A>): Flag.Flag<Option.Option<A>> =>
  flag.pipe(
    Flag.atLeast(0),
    Flag.map((all) => Option.fromNullishOr(all.at(-1))),
  )

/** The operands and flags of the command. */
export const config = {
  files: Argument.String("file").pipe(
    Argument.withDescription("The files and folders to send, also of S3 (s3://bucket/key, s3://bucket/folder/)"),
    Argument.variadic({ min: 0 }),
  ),
  sandbox: Flag.Boolean("sandbox").pipe(
    Flag.withDescription("Send to a server that runs inside this command, without an account"),
    Flag.withDefault(false),
  ),
  faults: Flag.String("faults").pipe(
    Flag.withMetavar("plan"),
    Flag.withDescription(`Faults: ${FaultPlan.names.join(", ")} or JSON file`),
    lastOf,
  ),
  seed: Flag.Int("seed").pipe(
    Flag.withMetavar("n"),
    Flag.withDescription("Replay the faults that this seed generates (default: 1)"),
    lastOf,
  ),
  api: CommonFlags.optionalApi(`The API to send to (default: ${frameIo})`),
  parallel: ParallelFlag.flag,
  json: CommonFlags.json("Print one JSON event per line, followed by a summary"),
  quiet: CommonFlags.quiet,
  sample: Flag.String("sample").pipe(
    Flag.withMetavar("file"),
    Flag.withDescription("The file to send if no file is given"),
    Flag.optional,
  ),
  pairWait: Flag.String("pair-wait").pipe(
    Flag.withMetavar("t"),
    Flag.withDescription("Maximum wait for a sign-in (10min without a terminal)"),
    Flag.optional,
  ),
  noPair: Flag.Boolean("no-pair").pipe(
    Flag.withDescription("Exit immediately if a person has to sign in"),
    Flag.withDefault(false),
  ),
  firstContact: Flag.String("first-contact").pipe(
    Flag.withMetavar("t"),
    Flag.withDescription("Exit if the API does not respond within this time"),
    Flag.optional,
  ),
  maxDuration: Flag.String("max-duration").pipe(
    Flag.withMetavar("t"),
    Flag.withDescription("Exit if the run takes longer than this, such as during an outage"),
    Flag.optional,
  ),
  createAgain: Flag.Boolean("create-again").pipe(
    Flag.withDescription("Create a second asset if the response to the first creation request was lost"),
    Flag.withDefault(false),
  ),
  acceptUnverified: Flag.Boolean("accept-unverified").pipe(
    Flag.withDescription("Exit with 0 even without proof that the files are stored"),
    Flag.withDefault(false),
  ),
  include: CommonFlags.patterns("include", "In folders, send only files that match, such as *.mov"),
  exclude: CommonFlags.patterns("exclude", "In folders, leave out files and folders that match"),
  skipUploaded: Flag.Boolean("skip-uploaded").pipe(
    Flag.withDescription("Leave out files whose content was already uploaded"),
    Flag.withDefault(false),
  ),
  bandwidth: Flag.String("bandwidth").pipe(
    Flag.withMetavar("limit"),
    Flag.withDescription("Send at most this much per second: 20M, or a timetable"),
    Flag.optional,
  ),
  detach: Flag.Boolean("detach").pipe(
    Flag.withDescription("Add the files to the queue and exit without sending"),
    Flag.withDefault(false),
  ),
  database: Address.flag("Add the files to the queue in PostgreSQL, for the workers of a cluster"),
  device: Flag.String("device").pipe(
    Flag.withMetavar("name"),
    Flag.withDescription("The device of the cluster to which the files belong"),
    Flag.optional,
  ),
  dryRun: Flag.Boolean("dry-run").pipe(
    Flag.withDescription("List the files that would be sent, and send nothing"),
    Flag.withDefault(false),
  ),
  verifySource: Flag.Boolean("verify-source").pipe(
    Flag.withDescription("Read each file again and compare it with the sent bytes"),
    Flag.withDefault(false),
  ),
}
