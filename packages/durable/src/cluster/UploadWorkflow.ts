/**
 * Defines the workflow that sends one upload of the journal on some runner of a cluster.
 */
import * as Schema from "effect/Schema"
import * as Workflow from "effect/workflow/Workflow"

/**
 * Sends one upload.
 *
 * **Details**
 *
 * The payload names the upload in the journal. `run` counts how many times the upload was put back into the queue, so that
 * a retry is a new workflow and a second start of the same run joins the first. The journal is the truth: the result only
 * states in which state the run left the upload.
 *
 * The workflow consists of three activities: `prepare`, `transfer` and `complete`. If a runner stops, another one repeats the
 * current activity. The journal knows each step of an activity, so only the parts in flight are sent again.
 */
export const UploadWorkflow = Workflow.make("holdfast/Upload", {
  payload: { upload: Schema.String, device: Schema.String, run: Schema.Int },
  success: Schema.Literals(["done", "failed", "uncertain", "canceled", "superseded"]),
  idempotencyKey: ({ run, upload }) => `${upload}/${run}`,
})

/**
 * The state in which a run left its upload. `superseded` means that a later run has the upload, or that the upload was removed
 * from the queue.
 */
export type Outcome = typeof UploadWorkflow.successSchema.Type
