/**
 * The version of the command, which is printed by `--version` and sent to the vendor. A test verifies that this version
 * equals the version in package.json.
 */
export const version = "0.1.0"
