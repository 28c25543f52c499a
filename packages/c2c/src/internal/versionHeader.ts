/** The header that names the version of the device; Frame.io refuses a request that has it twice. */
export const versionHeader = "x-client-version"
