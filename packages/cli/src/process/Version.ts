/** The version of the command, printed by `--version` and sent to the vendor. A test compares it with package.json. */
export const version = "0.1.0"
