/**
 * Defines the subjects of rejections that are stated in prose. Each subject has a standard term and the words that express
 * it.
 */

/** A subject that a sentence can be about. */
export interface Subject {
  /** The standard term with its article, such as "the access token". */
  readonly name: string
  readonly words: RegExp
  /** How specific the subject is, from 1 (a general value) to 3 (a redirect URI). */
  readonly weight: 1 | 2 | 3
}

/** More specific subjects come first. If two subjects overlap, the first one is used. */
export const subjects = [
  // Signing in
  { name: "the redirect URI", weight: 3, words: /redirect[ _-]?ur[il]s?|redirection ur[il]|callback[ _-]?ur[il]|callback (?:address|domain)|reply (?:url|address)|redirectur[il]/i },
  { name: "the PKCE code verifier", weight: 3, words: /code[ _-]?verifier|code[ _-]?challenge(?:[ _-]?method)?|\bpkce\b/i },
  { name: "the authorization code", weight: 3, words: /auth(?:orization|entication)?[ _-]?code\b|verification code/i },
  { name: "the device code", weight: 3, words: /(?:device|user)[ _-]?code\b/i },
  { name: "the one-time code", weight: 3, words: /\b(?:one[ -]?time|otp|totp|2fa|mfa|two[ -]?factor|multi[ -]?factor)\b[ \w]{0,20}/i },
  { name: "the nonce", weight: 3, words: /\bnonce\b/i },
  { name: "the sign-in state", weight: 3, words: /\bstate (?:parameter|value|cookie|token)\b|(?:session value|oauth|parameter|invalid|missing) ["'`]?state\b|\bstate (?=mismatch|not |is |does |was |missing)|AuthState\w{0,20}/i },
  { name: "the audience of the token", weight: 3, words: /\baudiences?\b|\baud\b/i },
  { name: "the issuer of the token", weight: 3, words: /\bissuers?\b|\biss\b/i },
  { name: "the key id of the token", weight: 3, words: /\bkid\b|\bjwks?\b|key set|signing keys?|(?:verification|public) keys?/i },
  { name: "the algorithm", weight: 3, words: /\balg(?:orithms?)?\b/i },
  { name: "the grant type", weight: 3, words: /grant[ _-]?types?\b/i },
  { name: "the response type", weight: 3, words: /response[ _-]?(?:types?|modes?)\b/i },
  { name: "the refresh token", weight: 3, words: /refresh[ _-]?tokens?\b/i },
  { name: "the ID token", weight: 3, words: /\bid[ _-]?tokens?\b/i },
  { name: "the assertion", weight: 3, words: /\bassertions?\b|\bclaims?\b/i },
  { name: "the CSRF token", weight: 3, words: /\b(?:csrf|xsrf|anti-?forgery)\b(?:[ _-]?(?:token|check|cookie))?/i },
  { name: "the session token", weight: 3, words: /(?:session|security)[ _-]?tokens?\b/i },
  { name: "the upload token", weight: 3, words: /upload[ _-]?(?:auth(?:orization)?[ _-]?)?token/i },
  { name: "the access token", weight: 2, words: /(?:access|bearer|auth(?:entication|orization)?|api|personal|bot|user|service[ -]account|jwt|oauth)[ _-]?tokens?\b|\bjwt\b/i },
  { name: "the client secret", weight: 3, words: /(?:client|app|application|consumer)[ _-]?secrets?\b/i },
  { name: "the client id", weight: 3, words: /(?:client|app|application|consumer)[ _-]?(?:id|key|identifier)\b/i },
  { name: "the scope", weight: 3, words: /\bscopes?\b/i },
  { name: "the consent", weight: 3, words: /\bconsent(?:ed)?\b/i },
  { name: "the email address", weight: 2, words: /\be-?mails?\b/i },
  { name: "the password", weight: 3, words: /\bpass(?:word|phrase|code)s?\b/i },
  { name: "the certificate", weight: 3, words: /\bcert(?:ificate)?s?\b/i },
  { name: "the private key", weight: 3, words: /private[ _-]?keys?|\bpem\b|rsa key/i },
  { name: "the webhook", weight: 2, words: /\bwebhooks?\b/i },
  { name: "the session", weight: 2, words: /\bsessions?\b|\bcookies?\b|log-?ins?\b/i },
  // Keys and signatures
  { name: "the secret key", weight: 3, words: /secret[ _-]?(?:access[ _-]?)?keys?\b/i },
  { name: "the encryption key", weight: 3, words: /(?:encryption|kms|customer|sse-?c?)[ _-]?keys?\b/i },
  { name: "the access key", weight: 3, words: /access[ _-]?keys?(?:[ _-]?ids?)?\b|application keys?\b|key ?ids?\b|accesskeyid\b/i },
  { name: "the API key", weight: 3, words: /api[ _-]?keys?\b|subscription keys?\b/i },
  { name: "the signature", weight: 3, words: /\bsignatures?\b|\bhmac\b/i },
  { name: "the policy document", weight: 2, words: /policy document|post policy/i },
  { name: "the row-level security policy", weight: 3, words: /row[ -]level[ -]security|\brls\b/i },
  { name: "the policy", weight: 2, words: /\b(?:bucket |iam |resource-based |identity-based |service control |session |access )?polic(?:y|ies)\b/i },
  { name: "the credentials", weight: 2, words: /\bcredentials?\b|\bauth(?:entication|orization)\b(?! header)|\blogin details/i },
  // Storage
  { name: "the storage class", weight: 3, words: /storage[ -]?class(?:es)?\b|access tier/i },
  { name: "the bucket", weight: 3, words: /\bbuckets?\b(?!')/i },
  { name: "the container", weight: 2, words: /\bcontainers?\b/i },
  { name: "the multipart upload", weight: 3, words: /multipart(?:[ _-]?upload)?\b|upload[ _-]?id\b|\bpart[ -]?(?:numbers?|list|size)\b/i },
  { name: "the checksum", weight: 3, words: /\bcheck-?sums?\b|\bdigests?\b|\bmd5\b|\bsha-?\d{1,3}\b|\bcrc-?(?:32c?|64\w{0,4})\b|content-md5|\bhash(?:es)?\b|\betags?\b/i },
  { name: "the range", weight: 3, words: /content-range|\bbyte[ -]range|\brange\b/i },
  { name: "the region", weight: 3, words: /\bregions?\b|location ?constraint|\bdata ?cent(?:er|re)\b/i },
  { name: "the endpoint", weight: 2, words: /\bend-?points?\b/i },
  { name: "the lock", weight: 2, words: /\b(?:object[ -])?locks?\b|\bleases?\b|\bretention\b|legal hold/i },
  { name: "the upload", weight: 2, words: /\buploads?\b/i },
  { name: "the disk", weight: 3, words: /\bdisks?\b|disk space|no space\b|\bvolumes?\b/i },
  // The request
  { name: "the Content-Type", weight: 3, words: /content[ -_]?type\b|media types?\b|mime[ -]?types?\b/i },
  { name: "the Content-Length", weight: 3, words: /content[ -_]?length\b/i },
  { name: "the Transfer-Encoding", weight: 3, words: /transfer-encoding|chunked(?: encoding)?\b/i },
  { name: "the Authorization header", weight: 3, words: /authorization header|\bauth header/i },
  { name: "the CORS origin", weight: 3, words: /\borigins?\b|\bcors\b/i },
  { name: "the header", weight: 2, words: /\bheaders?\b/i },
  { name: "the domain", weight: 2, words: /\bdomains?\b|host ?names?\b/i },
  { name: "the IP address", weight: 3, words: /\bip(?:v[46])?(?: address(?:es)?)?\b/i },
  { name: "the clock", weight: 3, words: /\bclocks?\b|\bskew(?:ed)?\b|timestamps?\b|\b(?:request|server|local) time\b|\bdate\b/i },
  { name: "the API version", weight: 3, words: /(?:api|protocol|tls|http)[ -]?versions?\b/i },
  { name: "the method", weight: 3, words: /(?:http |request )?methods?\b/i },
  { name: "the parameter", weight: 2, words: /\bparam(?:eter)?s?\b|query ?string\b|\barguments?\b/i },
  { name: "the field", weight: 2, words: /\bfields?\b|\bpropert(?:y|ies)\b|\battributes?\b|\bcolumns?\b/i },
  { name: "the JSON in the request", weight: 2, words: /\bjson\b/i },
  { name: "the XML in the request", weight: 2, words: /\bxml\b/i },
  { name: "the request body", weight: 2, words: /(?:request )?(?:body|payload|entity)\b/i },
  { name: "the URL", weight: 2, words: /\bur[il]s?\b|\blinks?\b/i },
  // Accounts and limits
  { name: "the billing account", weight: 3, words: /billing(?: account)?|\bpayments?\b|\binvoices?\b/i },
  { name: "the balance or credit", weight: 3, words: /\b(?:balance|credits?|funds|tokens? balance)\b/i },
  { name: "the rate limit", weight: 3, words: /rate[ -]?limit(?:s|ing|ed)?\b|too many requests|requests? per (?:second|minute|hour|day)/i },
  { name: "the quota", weight: 3, words: /\bquotas?\b|\bcaps?\b|(?:daily|monthly|usage|transaction) limits?\b/i },
  { name: "the plan", weight: 2, words: /\bplans?\b|\btiers?\b|\blicen[cs]es?\b|\bupgrade\b/i },
  { name: "the permission", weight: 3, words: /\bpermissions?\b|\bprivileges?\b|\bcapabilit(?:y|ies)\b|\broles?\b|\brights?\b/i },
  { name: "the feature", weight: 2, words: /\bfeatures?\b|\bfunctionality\b|\boperations?\b|\bapis?\b/i },
  { name: "the account", weight: 2, words: /\baccounts?\b|\bsubscriptions?\b|\btenants?\b|\borgani[sz]ations?\b|\bworkspaces?\b/i },
  { name: "the application", weight: 2, words: /\bapp(?:lication)?s?\b|\bclients?\b|\bintegrations?\b|\bproducts?\b/i },
  { name: "the user", weight: 2, words: /\busers?\b|\bmembers?\b|\bowners?\b/i },
  { name: "the project", weight: 2, words: /\bprojects?\b|\bteams?\b/i },
  { name: "the token", weight: 2, words: /\btokens?\b/i },
  { name: "the key", weight: 2, words: /\bkeys?\b/i },
  // Requested resources
  { name: "the model", weight: 2, words: /\bmodels?\b|\bdeployments?\b/i },
  { name: "the image", weight: 2, words: /\bimages?\b|\bmanifests?\b|image tags?\b/i },
  { name: "the repository", weight: 2, words: /\brepositor(?:y|ies)\b|\bbranch(?:es)?\b/i },
  { name: "the channel", weight: 2, words: /\bchannels?\b|\bchats?\b|\brooms?\b/i },
  { name: "the package", weight: 2, words: /\bpackages?\b/i },
  { name: "the index", weight: 2, words: /\bind(?:ex|ices)\b/i },
  { name: "the object", weight: 2, words: /\bobjects?\b|\bblobs?\b|\bfiles?\b|\bassets?\b|\bdocuments?\b|\bfolders?\b|\bpaths?\b/i },
  { name: "the resource", weight: 1, words: /\bresources?\b|\brecords?\b|\bitems?\b|\bentit(?:y|ies)\b|\bids?\b|\bpages?\b|\broutes?\b/i },
  { name: "the proxy", weight: 2, words: /\bprox(?:y|ies)\b/i },
  { name: "the server", weight: 1, words: /\bservers?\b|\bservices?\b|\bbackends?\b/i },
  { name: "the name", weight: 1, words: /\bnames?\b/i },
  { name: "the value", weight: 1, words: /\bvalues?\b/i },
  { name: "the request", weight: 1, words: /\brequests?\b|\bcalls?\b/i },
] as const satisfies ReadonlyArray<Subject> // prettier-ignore

/** The name of a subject that a message can be about, such as "the model" or "the proxy". */
export type SubjectName = (typeof subjects)[number]["name"]
