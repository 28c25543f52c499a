/**
 * Describes an error of the journal to the user.
 */
import type { JournalError } from "@holdfast/durable/JournalError"
import * as HomeRemedy from "../process/HomeRemedy.ts"
import type { PersonError } from "../process/PersonError.ts"
import { LocalProblem } from "../process/PersonError.ts"

/** Returns the user error for an error of the journal. */
export const of = ({ action, message }: JournalError): PersonError =>
  new LocalProblem({ problem: message, remedy: HomeRemedy.of(action) })
