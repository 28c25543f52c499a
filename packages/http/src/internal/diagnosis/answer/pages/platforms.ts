/**
 * Pages and messages of hosting platforms.
 */
import { type Page, page } from "./page.ts"

const fly = page("fly")
const cloudrun = page("cloudrun")

/** The first match counts. */
export const platforms: ReadonlyArray<Page> = [
  // Platforms
  // https://devcenter.heroku.com/articles/error-codes
  page("heroku")("quota", "stopped the application: the free running time (dyno hours) of the account is exhausted (H82)", /\bcode=H82\b/),
  page("heroku")("timeout", "waited longer for the application than it allows: 30 s for the first byte, 55 s between bytes (H12, H15, H28)", /\bcode=H(?:12|15|28)\b/),
  page("heroku")("timeout", "could not connect to the application in time, or it took more than 60 s to start (H19, H20)", /\bcode=H(?:19|20)\b/),
  page("heroku")("no backend", "has no running web process (dyno) of the application, or it is in maintenance (H14, H80)", /\bcode=H(?:14|80)\b/),
  page("heroku")("bad gateway", "got no answer from the application: it crashed, closed or refused the connection, or wrote no valid response (H10, H13, H17, H18, H21)", /\bcode=H(?:10|13|17|18|21)\b/),
  page("heroku")("circuit", "has too many requests or connections waiting for the application (H11, H22)", /\bcode=H(?:11|22)\b/),
  page("heroku")("client closed", "saw the client close the connection before the application had answered (H27)", /\bcode=H27\b/),
  page("heroku")("route", "has an application for this host without any code (H81)", /\bcode=H81\b/),
  page("heroku")("server failed", "had an error of its own platform (H99)", /\bcode=H99\b/),
  page("heroku")("route", "has no application for this host name", /no such app/i),
  // https://devcenter.heroku.com/articles/error-codes
  page("heroku")("quota", "has counted the free running time (dyno hours) of the account to its end", /\bh8[0-3]\b|quota exhausted/i),
  page("heroku")("timeout", "waited 30 s for the application, and gave up (H12)", /\bh12\b/i),
  page("heroku")("timeout", "ended a connection that was silent for 55 s (H15, H28)", /\bh(?:15|28)\b/i),
  page("heroku")("no backend", "has no web dyno that runs for this application (H14)", /\bh14\b/i),
  page("heroku")("no backend", "waited for the application to start, which took too long (H20, H99)", /\bh(?:20|99)\b/i, undefined, false),
  page("heroku")("bad gateway", "has an application that crashed (H10): its log tells why; often it does not listen on $PORT", /\bh10\b/i),
  page("heroku")("bad gateway", "lost the connection to the application before an answer came (H13, H18), or could not connect to it (H19, H21)", /\bh(?:13|18|19|21)\b/i, undefined, false),
  page("heroku")("bad gateway", "got an answer of the application that breaks the rules of HTTP (H17, H25)", /\bh(?:17|25)\b/i),
  page("heroku")("client closed", "", /\bh27\b/i),
  page("heroku")("route", "has the application blocked or switched off (H16, H22, H31)", /\bh(?:16|22|31)\b/i, undefined, false),
  page("heroku")("no backend", "has the application in maintenance (H80 and alike)", /maintenance/i, undefined, false),
  page("heroku")("bad gateway", "got no answer from the application: it crashed, sleeps or did not answer within 30 s", undefined, [503], false),
  page("vercel")("timeout", "ended the function at its time limit", /function_invocation_timeout|gateway_timeout/i, undefined, false),
  page("vercel")("route", "has no deployment for this host and path", undefined, [404], false),
  page("vercel")("too large", "refuses a body above 4.5 MB for a function", undefined, [413], false),
  page("vercel")("server failed", "ran the site's function, which failed", undefined, [500], false),
  page("netlify", "githubpages", "render", "fly", "railway", "appservice")("route", "has no site for this host name or path", undefined, [404], false),
  page("lambda")("timeout", "ended the function at its time limit", /task timed out/i),
  page("lambda")("server failed", "ran the function, which failed: it threw, has no such module or handler, or ran out of memory", undefined, [500, 502], false),
  page("ngrok")("no backend", "has no running agent for this address: the tunnel is offline", /err_ngrok_(?:3200|3204|334)\b/i),
  page("ngrok")("bad gateway", "reached the agent of the tunnel, which could not connect to the local server: it is not running, or on another port", /err_ngrok_80\d\d\b/i),
  page("ngrok")("bot", "shows browsers a warning page first; the header ngrok-skip-browser-warning, with any value, passes it", /err_ngrok_6024\b/i),
  page("ngrok")("rate", "limits the requests of its plan", /err_ngrok_7\d\d\b/i, undefined, false),
  page("openshift")("no backend", "has no route for this host name, or no running pod behind it", undefined),
  page("hostcheck")("route", "refuses the host name of the request, which is not on the application's list of allowed hosts", undefined),
  page("appservice")("address", "refuses the IP address of the caller (access restrictions)", /blocked your access/i, [403], false),
  page("vercel")("server failed", "found that the request came back to itself: an infinite loop of rewrites or functions", /infinite_loop_detected/i),
  page("vercel")("no backend", "has the deployment paused or disabled by its owner or for its usage and billing", /deployment_(?:paused|disabled)/i),
  page("appservice")("no backend", "has the application stopped", /web app is stopped|web app - unavailable/i),
  page("render")("no backend", "has the service suspended, by its owner or for its billing", /suspend/i, undefined, false),
  // https://fly.io/docs/reference/error-codes/
  fly("bad gateway", "could not connect to the application: it does not listen on 0.0.0.0 and the port of internal_port (PC01)", /instance refused connection|\bPC01\b|is your app listening/i),
  fly("timeout", "waited too long for the application to take the connection or to answer", /timed? ?out|\bPC05\b/i),
  fly("no backend", "found no machine of the application that runs and can take the request (PR01 to PR04, PM)", /good candidate|no (?:known )?(?:healthy )?(?:candidates|instances)|could not find an instance|machine .{0,40}(?:not started|failed to start|stopped)|\bP(?:R0\d|M\d\d)\b/i),
  fly("circuit", "has more requests for each machine than its limit (hard_limit)", /hard limit|concurrency/i),
  fly("bad gateway", "lost the connection to the application before it had answered (PU02)", /connection (?:closed|reset|error)|could not complete|could not proxy|\bPU\d\d\b/i),
  page("render", "fly", "railway", "netlify")("bad gateway", "got no answer from the application", undefined, [502, 503], false),
  // https://docs.cloud.google.com/run/docs/troubleshooting
  cloudrun("no backend", "had no instance for the request: the maximum number of instances is reached, or a new one did not start in time", /no available instance|rate exceeded/i),
  cloudrun("timeout", "ended the request at the service's request timeout", /maximum request timeout|reached the maximum/i),
  cloudrun("bad gateway", "lost the instance: the container crashed, ran out of memory, closed the connection, or gave a malformed answer", /response was malformed|connection to the instance had an error|memory limit of|container (?:called exit|terminated|instance)/i),
  cloudrun("no backend", "could not start the container: it does not listen on the port of PORT in time", /failed to (?:start|become ready)/i),
  cloudrun("access", "refused the caller: the request carries no identity token, or one whose owner may not invoke the service (roles/run.invoker)", /not authenticated|not authorized to invoke|iam/i),
  cloudrun("too large", "takes no answer above 32 MiB", /response size was too large/i),
] // prettier-ignore
