export * as AssetRequest from "./AssetRequest.ts"
export { C2cConfig, InvalidC2cConfig } from "./C2cConfig.ts"
export { C2cError } from "./C2cError.ts"
export * as Wire from "./Wire.ts"
