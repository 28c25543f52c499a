/**
 * Why a sandbox could not start, could not go on, or could not read its plan.
 *
 * **Details**
 *
 * These are the errors of the person who starts the sandbox. What its clients meet travels over HTTP.
 */
import * as Schema from "effect/Schema"

/** Another process already listens on the port that was asked for. */
export class PortInUse extends Schema.TaggedError<PortInUse>()("PortInUse", { port: Schema.Int }) {
  override get message() {
    return `Port ${this.port} is in use. Choose another one, or 0 for any free port.`
  }
}

/** The server could not listen for another reason, for example a privileged port. */
export class ListenFailed extends Schema.TaggedError<ListenFailed>()("ListenFailed", {
  port: Schema.Int,
  cause: Schema.Defect(),
}) {
  override get message() {
    return `The sandbox cannot listen on port ${this.port}.`
  }
}

/** The disk refused: no space, no permission, no such directory. */
export class StorageError extends Schema.TaggedError<StorageError>()("StorageError", {
  operation: Schema.String,
  path: Schema.String,
  cause: Schema.Defect(),
}) {
  override get message() {
    return `The sandbox cannot ${this.operation} ${this.path}.`
  }
}

/** No plan has this name, and no file either. */
export class UnknownPlan extends Schema.TaggedError<UnknownPlan>()("UnknownPlan", {
  plan: Schema.String,
  names: Schema.Array(Schema.String),
}) {
  override get message() {
    return `There is no plan "${this.plan}". Plans: ${this.names.join(", ")}, or the path of a JSON file.`
  }
}

/**
 * A plan file that cannot be used.
 *
 * **Details**
 *
 * `field` is the path of the bad field inside the plan, for example `rules[1].chance`; it is empty when the whole is bad.
 */
export class InvalidPlan extends Schema.TaggedError<InvalidPlan>()("InvalidPlan", {
  plan: Schema.String,
  field: Schema.String,
  problem: Schema.String,
}) {
  override get message() {
    return `The plan ${this.plan} is not valid${this.field === "" ? "" : ` at ${this.field}`}: ${this.problem}`
  }
}

/** Why a sandbox did not start. */
export type SandboxError = PortInUse | ListenFailed | StorageError

/** Why a plan could not be loaded. */
export type PlanError = UnknownPlan | InvalidPlan | StorageError
