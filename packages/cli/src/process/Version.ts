/** The version of the command, as `--version` prints it and the vendor sees it; a test compares it with package.json. */
export const version = "0.1.0"
