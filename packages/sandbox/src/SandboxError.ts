/**
 * Why a sandbox could not start, had to stop, or could not read its plan.
 *
 * **Details**
 *
 * These errors reach the program that starts the sandbox. The sandbox's clients receive HTTP responses instead.
 */
import * as Schema from "effect/Schema"

/** Another process is already listening on the requested port. */
export class PortInUse extends Schema.TaggedError<PortInUse>()("PortInUse", { port: Schema.Int }) {
  override get message() {
    return `Port ${this.port} is in use. Choose another port, or 0 for any free port.`
  }
}

/** The server could not open the port for another reason, for example because the port is privileged. */
export class ListenFailed extends Schema.TaggedError<ListenFailed>()("ListenFailed", {
  port: Schema.Int,
  cause: Schema.Defect(),
}) {
  override get message() {
    return `The sandbox cannot listen on port ${this.port}.`
  }
}

/** The disk rejected an operation: no space, no permission, no such directory. */
export class StorageError extends Schema.TaggedError<StorageError>()("StorageError", {
  operation: Schema.String,
  path: Schema.String,
  cause: Schema.Defect(),
}) {
  override get message() {
    return `The sandbox cannot ${this.operation} ${this.path}.`
  }
}

/** Neither a plan nor a file has this name. */
export class UnknownPlan extends Schema.TaggedError<UnknownPlan>()("UnknownPlan", {
  plan: Schema.String,
  names: Schema.Array(Schema.String),
}) {
  override get message() {
    return `There is no plan "${this.plan}". Use one of the plans ${this.names.join(", ")}, or the path of a JSON file.`
  }
}

/**
 * A plan file that is not valid.
 *
 * **Details**
 *
 * `field` is the path of the invalid field inside the plan, such as `rules[1].chance`. `field` is empty if the whole plan is
 * invalid.
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

/** The errors that can occur when a sandbox starts. */
export type SandboxError = PortInUse | ListenFailed | StorageError

/** The errors that can occur when a plan is loaded. */
export type PlanError = UnknownPlan | InvalidPlan | StorageError
