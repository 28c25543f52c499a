/** What a journal does, whatever the database is. */
import type { Backend } from "./backend.ts"
import { commitsContract } from "./commits.ts"
import { ownersContract } from "./owners.ts"
import { recordsContract } from "./records.ts"
import { schemaContract } from "./schema.ts"
import { uploadOwnersContract } from "./uploadOwners.ts"
import { valuesContract } from "./values.ts"

/** Defines the tests of a journal on one database. */
export const journalContract = (backend: Backend): void => {
  recordsContract(backend)
  valuesContract(backend)
  ownersContract(backend)
  uploadOwnersContract(backend)
  commitsContract(backend)
  schemaContract(backend)
}
