/**
 * The option that sets a deadline.
 */
import { required, type Table } from "../defaults.ts"

export const table: Table = {
  least: { deadline: "1 minute" },
  options: [
    {
      path: "deadline",
      unit: "duration",
      meaning: "the time limit of a call, including all attempts, waits, gates and queues",
      source: required,
    },
  ],
}
