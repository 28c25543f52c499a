import { journalContract } from "./support/contract/index.ts"
import { sqlite } from "./support/contract/sqlite.ts"

journalContract(sqlite)
