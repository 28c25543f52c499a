/** The header with the version of the device. Frame.io rejects a request that has it twice. */
export const versionHeader = "x-client-version"
