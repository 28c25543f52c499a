/**
 * Recognizes pages and messages from hosting platforms.
 */
import { type Page, page } from "./page.ts"

const fly = page("fly")
const cloudrun = page("cloudrun")

/** The known pages. The first page that matches is used. */
export const platforms: ReadonlyArray<Page> = [
  // Platforms
  // https://devcenter.heroku.com/articles/error-codes
  page("heroku")("quota", "stopped the application because the account's free running time (dyno hours) is exhausted (H82)", /\bcode=H82\b/),
  page("heroku")("timeout", "timed out waiting for the application: the limits are 30 s for the first byte and 55 s between bytes (H12, H15, H28)", /\bcode=H(?:12|15|28)\b/),
  page("heroku")("timeout", "could not connect to the application in time, or waited 75 s for the application to start (H19, H20)", /\bcode=H(?:19|20)\b/),
  page("heroku")("no backend", "does not have a running web process (dyno) for the application, or the application is in maintenance mode (H14, H80)", /\bcode=H(?:14|80)\b/),
  page("heroku")("bad gateway", "did not receive a valid response from the application: the application crashed, closed or refused the connection, or sent an invalid response (H10, H13, H17, H18, H21)", /\bcode=H(?:10|13|17|18|21)\b/),
  page("heroku")("circuit", "has too many requests waiting for the application, or too many connections to it (H11, H22)", /\bcode=H(?:11|22)\b/),
  page("heroku")("client closed", "detected that the client closed the connection before the application responded (H27)", /\bcode=H27\b/),
  page("heroku")("route", "has an application for this host, but no code has been deployed to it (H81)", /\bcode=H81\b/),
  page("heroku")("server failed", "reports a failure or planned degradation of its own platform (H83, H99)", /\bcode=H(?:83|99)\b/),
  page("heroku")("route", "does not have an application for this host name", /no such app/i),
  // https://devcenter.heroku.com/articles/error-codes
  page("heroku")("quota", "reports that the account's free running time (dyno hours) is exhausted", /\bh82\b|quota exhausted/i),
  page("heroku")("timeout", "timed out after waiting 30 s for the application (H12)", /\bh12\b/i),
  page("heroku")("timeout", "closed a connection that was idle for 55 s (H15, H28)", /\bh(?:15|28)\b/i),
  page("heroku")("no backend", "does not have a running web dyno for this application (H14)", /\bh14\b/i),
  page("heroku")("timeout", "timed out after waiting 75 s for the application to start (H20)", /\bh20\b/i, undefined, false),
  page("heroku")("bad gateway", "hosts an application that crashed (H10). The application's log states the reason; often, the application does not listen on $PORT", /\bh10\b/i),
  page("heroku")("bad gateway", "lost the connection to the application before it received a response (H13, H18), or could not connect to the application (H19, H21)", /\bh(?:13|18|19|21)\b/i, undefined, false),
  page("heroku")("bad gateway", "received a response from the application that violates the rules of HTTP (H17, H25)", /\bh(?:17|25)\b/i),
  page("heroku")("client closed", "", /\bh27\b/i),
  page("heroku")("circuit", "has too many requests waiting for the application, or too many connections to it (H11, H22)", /\bh(?:11|22)\b/i, undefined, false),
  page("heroku")("route", "did not accept the request for this host name on this connection (H31, misdirected request)", /\bh31\b/i, undefined, false),
  page("heroku")("no backend", "reports that the application is in maintenance mode (H80)", /\bh80\b|maintenance/i, undefined, false),
  page("heroku")("route", "has an application for this host, but no code has been deployed to it (H81)", /\bh81\b/i, undefined, false),
  page("heroku")("server failed", "reports a failure or planned degradation of its own platform (H83, H99)", /\bh(?:83|99)\b/i, undefined, false),
  page("heroku")("bad gateway", "did not receive a response from the application: the application crashed, is asleep, or did not respond within 30 s", undefined, [503], false),
  page("vercel")("timeout", "terminated the function when it reached its time limit", /function_invocation_timeout|gateway_timeout/i, undefined, false),
  page("vercel")("route", "does not have a deployment for this host and path", undefined, [404], false),
  page("vercel")("too large", "rejects a function request with a body larger than 4.5 MB", undefined, [413], false),
  page("vercel")("server failed", "ran the site's function, which failed", undefined, [500], false),
  page("netlify", "githubpages", "render", "fly", "railway", "appservice")("route", "does not have a site for this host name or path", undefined, [404], false),
  page("lambda")("timeout", "terminated the function when it reached its time limit", /task timed out/i),
  page("lambda")("server failed", "ran the function, which failed: it threw an error, its module or handler does not exist, or it ran out of memory", undefined, [500, 502], false),
  page("ngrok")("no backend", "does not have a running agent for this address: the tunnel is offline", /err_ngrok_(?:3200|3204|334)\b/i),
  page("ngrok")("bad gateway", "reached the tunnel's agent, which could not connect to the local server: the server is not running, or it listens on another port", /err_ngrok_80\d\d\b/i),
  page("ngrok")("bot", "shows browsers a warning page unless the request contains the header ngrok-skip-browser-warning (any value)", /err_ngrok_6024\b/i),
  page("ngrok")("rate", "enforces the request limits of the plan", /err_ngrok_7\d\d\b/i, undefined, false),
  page("openshift")("no backend", "does not have a route for this host name, or the route does not have a running pod", undefined),
  page("hostcheck")("route", "rejects the request's host name, which is not on the application's list of allowed hosts", undefined),
  page("appservice")("address", "rejects the caller's IP address (access restrictions)", /blocked your access/i, [403], false),
  page("vercel")("server failed", "detected an infinite loop: rewrites or functions send the request back to the deployment", /infinite_loop_detected/i),
  page("vercel")("no backend", "reports that the deployment is paused or disabled, either by its owner or because of its usage or billing", /deployment_(?:paused|disabled)/i),
  page("appservice")("no backend", "reports that the application is stopped", /web app is stopped|web app - unavailable/i),
  page("render")("no backend", "reports that the service is suspended, either by its owner or because of its billing", /suspend/i, undefined, false),
  // https://fly.io/docs/reference/error-codes/
  fly("bad gateway", "could not connect to the application because it does not listen on 0.0.0.0 at the port in internal_port (PC01)", /instance refused connection|\bPC01\b|is your app listening/i),
  fly("timeout", "timed out waiting for the application to accept the connection or to respond", /timed? ?out|\bPC05\b/i),
  fly("no backend", "did not find a running machine of the application that can accept the request (PR01 to PR04, PM)", /good candidate|no (?:known )?(?:healthy )?(?:candidates|instances)|could not find an instance|machine .{0,40}(?:not started|failed to start|stopped)|\bP(?:R0\d|M\d\d)\b/i),
  fly("circuit", "has more requests per machine than the limit allows (hard_limit)", /hard limit|concurrency/i),
  fly("bad gateway", "lost the connection to the application before the application responded (PU02)", /connection (?:closed|reset|error)|could not complete|could not proxy|\bPU\d\d\b/i),
  page("render", "fly", "railway", "netlify")("bad gateway", "did not receive a response from the application", undefined, [502, 503], false),
  // https://docs.cloud.google.com/run/docs/troubleshooting
  cloudrun("no backend", "did not have an instance for the request: the maximum number of instances has been reached, or a new instance did not start in time", /no available instance|rate exceeded/i),
  cloudrun("timeout", "ended the request because it exceeded the service's request timeout", /maximum request timeout|reached the maximum/i),
  cloudrun("bad gateway", "lost the instance: the container crashed, ran out of memory, closed the connection, or returned a malformed response", /response was malformed|connection to the instance had an error|memory limit of|container (?:called exit|terminated|instance)/i),
  cloudrun("no backend", "could not start the container, which did not listen in time on the port that PORT specifies", /failed to (?:start|become ready)/i),
  cloudrun("access", "rejected the caller: the request does not contain an identity token, or the token's owner is not allowed to invoke the service (roles/run.invoker)", /not authenticated|not authorized to invoke|iam/i),
  cloudrun("too large", "does not accept responses larger than 32 MiB", /response size was too large/i),
] // prettier-ignore
