export type { WatchedFile, WatchEvent } from "./WatchEvent.ts"
