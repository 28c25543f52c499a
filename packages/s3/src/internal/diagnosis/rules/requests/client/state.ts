/**
 * Rules for Terraform or OpenTofu state that is stored in a bucket: its lock, and the table that contains the lock.
 */
import { onFault, rule } from "./topic.ts"

const backend = "https://developer.hashicorp.com/terraform/language/backend/s3"
const locking = "https://developer.hashicorp.com/terraform/language/state/locking"

/** Reads one line from the description of the lock: `Who: editor@render01`. */
const lineOf = (failure: string | undefined, name: string): string =>
  new RegExp(`\\b${name}: {0,12}(\\S[^\\n|│]{0,80})`).exec(failure?.slice(0, 4000) ?? "")?.[1]?.trim() ?? ""

const locked = rule({
  code: "HF-S3-CLIENT-012",
  name: "StateLocked",
  phase: "state",
  title: "Terraform's state is locked: another run still holds the lock, or an interrupted run left it behind",
  explanation:
    "Before Terraform changes the state, it writes a lock (an item in DynamoDB, or a .tflock object with " +
    "use_lockfile) on the condition that no other lock exists. The condition failed because another lock exists. " +
    "Another run, started by a user or a pipeline, is still in progress, or an earlier run was killed (Ctrl+C, or " +
    "a job that timed out or was canceled) and could not release the lock. Credentials and permissions are correct.",
  fix: [
    { text: "wait for the other run, or let Terraform wait (-lock-timeout=5m)", safety: "check first" },
    {
      text: "if no run is in progress, release the lock with `terraform force-unlock ID`",
      safety: "check first",
    },
  ],
  change: "human",
  links: [locking, backend],
  rivals: [],
  soleCause: locking,
  recognise: onFault("state locked", (_, { exchange }) => {
    const [who, since, id] = ["Who", "Created", "ID"].map((name) => lineOf(exchange.failure, name))
    return `The lock ${id === "" ? "" : `${id} `}is held${who === "" ? "" : ` by ${who}`}${since === "" ? "" : ` since ${since}`}.`
  }),
})

const details: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /content/i,
    "The checksum (Digest) in the table differs from the checksum of the state in the bucket. The state was " +
      "changed or restored without Terraform, or a run was interrupted between the two writes. Set the table's " +
      "Digest to the value that Terraform reports.",
  ],
  [
    /NotFound/i,
    "The table does not exist in this region and account: dynamodb_table specifies another table, or the table has " +
      "not been created yet.",
  ],
  [/./, "The table's partition key must be named exactly LockID and have the type String."],
]

const table = rule({
  code: "HF-S3-CLIENT-013",
  name: "LockTableUnfit",
  phase: "state",
  title:
    "The DynamoDB table for Terraform's lock is missing, has a key other than LockID, or contains another state's " +
    "checksum",
  explanation:
    "The S3 backend stores its lock and the state's checksum in a table with one key, LockID (String). The table " +
    "must be in the same region and account as the backend. Newer versions of Terraform do not need a table. With " +
    "use_lockfile = true, Terraform stores the lock as an object in the bucket.",
  fix: [
    {
      text: "create the table with the partition key LockID (String), or correct dynamodb_table and region",
      safety: "check first",
    },
    { text: "alternatively, set use_lockfile = true to store the lock in the bucket", safety: "check first" },
  ],
  change: "human",
  links: [backend],
  rivals: [],
  soleCause: backend,
  recognise: onFault("lock table", (name) => details.find(([says]) => says.test(name ?? "key"))?.[1] ?? ""),
})

/** All rules for Terraform or OpenTofu state in a bucket. */
export const state = [locked, table] as const
