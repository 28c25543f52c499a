/**
 * Sends the uploads of one journal on PostgreSQL from many machines, on `effect/cluster`.
 */
export { defaultDevice, DeviceClients } from "./DeviceClients.ts"
export { DeviceError } from "./DeviceError.ts"
export { UploadWorkflow, type Outcome } from "./UploadWorkflow.ts"
