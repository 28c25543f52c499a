/**
 * Sends the uploads of one journal on PostgreSQL from many machines, on `effect/cluster`.
 */
export * as ClusterKnobs from "./ClusterKnobs.ts"
export { defaultDevice, DeviceClients } from "./DeviceClients.ts"
export { DeviceError, DeviceNotPaired, DeviceUnavailable } from "./DeviceError.ts"
export { DeviceTokens } from "./tokens/DeviceTokens.ts"
export * as Dispatcher from "./Dispatcher.ts"
export { FileNotShared } from "./FileNotShared.ts"
export * as SharedClients from "./SharedClients.ts"
export * as SharedGate from "./gates/SharedGate.ts"
export { SharedLimits, type StoreState } from "./limits/SharedLimits.ts"
export * as TokenKeeper from "./tokens/TokenKeeper.ts"
export * as UploadRunner from "./UploadRunner.ts"
export { UploadWorkflow, type Outcome } from "./UploadWorkflow.ts"
export * as Worker from "./Worker.ts"
