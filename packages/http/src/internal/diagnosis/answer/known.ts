/**
 * Codes of well-known APIs and databases, and what their documentation says of them: facts, each with its page. A code that is a
 * matter of access, of a limit or of a key has a rule of its own and is not here.
 */

/** A documentation page with its codes. */
interface Family {
  readonly link: string
  readonly codes: Readonly<Record<string, string>>
}

const families: ReadonlyArray<Family> = [
  {
    link: "https://docs.postgrest.org/en/stable/references/errors.html",
    codes: {
      PGRST100: "a filter or another parameter of the query string cannot be parsed",
      PGRST102: "the body is no valid JSON, or has another form than its Content-Type says",
      PGRST103: "the range or offset is behind the last row",
      PGRST106: "the schema is not among those that the API shows (db-schemas)",
      PGRST116: "exactly one row was asked for (single), and the query found none or several: no row fits the filter, or row-level security hides it",
      PGRST200: "no relation between the two tables is known: the foreign key is missing, or the schema cache is old",
      PGRST201: "several relations between the two tables fit: name the one that is meant",
      PGRST202: "no function of this name takes these arguments, or the schema cache is old",
      PGRST203: "several functions of this name fit the arguments",
      PGRST204: "the table has no such column, or the schema cache is old",
      PGRST205: "there is no such table in this schema, or the schema cache is old",
    },
  },
  {
    link: "https://www.postgresql.org/docs/current/errcodes-appendix.html",
    codes: {
      "22P02": "a value has another form than its type wants (a text for a number, no valid UUID)",
      "22001": "a value is longer than its column takes",
      "23502": "a column that may not be empty (NOT NULL) gets no value",
      "23503": "a value refers to a row that does not exist, or a row is still referred to (foreign key)",
      "23505": "a value that has to be unique exists already",
      "23514": "a value does not fit the check of its column",
      "40001": "another transaction got in the way; begin again",
      "42501": "the role of the caller has no permission, or a policy of row-level security refuses the row",
      "42703": "there is no such column",
      "42883": "no function or operator fits the arguments",
      "42P01": "there is no such table",
      "57014": "the database ended the query at its time limit (statement timeout)",
    },
  },
  {
    link: "https://docs.stripe.com/error-codes",
    codes: {
      card_declined: "the bank of the customer declined the card; decline_code says why",
      expired_card: "the card has expired",
      incorrect_cvc: "the security code of the card is not right",
      incorrect_number: "the number of the card is not right",
      processing_error: "an error occurred while the card was processed; try again later",
      authentication_required: "the bank wants the customer to confirm the payment (3-D Secure)",
      payment_intent_unexpected_state: "the payment is in a state that does not permit this: confirmed, captured or cancelled already",
      resource_missing: "there is no such object in this account and mode: the id is wrong, of another account, or of the other mode (test or live)",
      parameter_missing: "a parameter that is required is missing",
      parameter_unknown: "a parameter is not known: misspelt, or of another version of the API",
      parameter_invalid_empty: "a parameter is empty",
      amount_too_small: "the amount is below the smallest that can be charged in this currency",
      charge_already_refunded: "the charge was refunded already",
      email_invalid: "the e-mail address is not valid",
      url_invalid: "the URL is not valid: it has to begin with https:// in live mode",
      customer_max_payment_methods: "the customer has as many payment methods as there can be",
      idempotency_key_in_use: "another request with this idempotency key is still running",
    },
  },
  {
    link: "https://www.twilio.com/docs/api/errors",
    codes: {
      "21211": "the number in To is no valid phone number (E.164: + and the country code)",
      "21212": "the number in From is not valid",
      "21408": "messages to this country are not switched on for the account",
      "21606": "the number in From cannot send this kind of message, or belongs to another account",
      "21608": "a trial account can send only to numbers that were verified",
      "21610": "the recipient has opted out (STOP)",
      "21614": "the number in To cannot receive SMS: it is a land line",
      "63016": "a message to WhatsApp outside of the 24 hours needs an approved template",
    },
  },
  {
    link: "https://discord.com/developers/docs/topics/opcodes-and-status-codes#json",
    codes: {
      "10003": "there is no such channel, or the bot is not in its server",
      "10004": "there is no such server (guild), or the bot is not in it",
      "10007": "the user is no member of the server",
      "10008": "there is no such message",
      "10015": "there is no such webhook: it was deleted",
      "10062": "the interaction is no longer known: it was answered later than 3 seconds, or already",
      "40005": "the file or the whole request is larger than Discord takes",
      "40060": "the interaction was answered already",
      "50006": "the message is empty",
      "50007": "the user takes no direct messages from this bot",
      "50035": "the body has a field that is not valid; errors names it",
    },
  },
  {
    link: "https://www.elastic.co/docs/troubleshoot/elasticsearch",
    codes: {
      index_not_found_exception: "there is no such index or alias",
      resource_already_exists_exception: "an index of this name exists already",
      mapper_parsing_exception: "a field of the document does not fit its mapping",
      document_parsing_exception: "a field of the document does not fit its mapping",
      strict_dynamic_mapping_exception: "the document has a field that the mapping does not know, and adds none (dynamic: strict)",
      parsing_exception: "the query cannot be parsed",
      x_content_parse_exception: "the query has a member that is not known there",
      search_phase_execution_exception: "the query failed on a shard; its root cause says why",
      no_shard_available_action_exception: "no shard of the index is available",
      master_not_discovered_exception: "the cluster has no master node",
      es_rejected_execution_exception: "the queue of the node is full; send more slowly",
    },
  },
  {
    link: "https://www.apollographql.com/docs/apollo-server/data/errors",
    codes: {
      GRAPHQL_VALIDATION_FAILED: "the query does not fit the schema: it names a field, an argument or a type that is not there",
      GRAPHQL_PARSE_FAILED: "the query has a mistake of syntax",
      BAD_USER_INPUT: "an argument has a value that the field does not take",
      PERSISTED_QUERY_NOT_FOUND: "the server does not know the query by its hash; send the whole query once",
      PERSISTED_QUERY_NOT_SUPPORTED: "the server takes no queries by their hash",
      OPERATION_RESOLUTION_FAILURE: "the document has several operations, and operationName names none of them",
      UNAUTHENTICATED: "the request carries no credentials, or none that are valid",
      FORBIDDEN: "the caller may not do this",
    },
  },
  {
    link: "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm",
    codes: {
      INVALID_FIELD: "the object has no such field, or the caller may not see it",
      INVALID_TYPE: "there is no such object, or the caller may not see it",
      MALFORMED_ID: "an id has another form than the object wants",
      MALFORMED_QUERY: "the query (SOQL) has a mistake of syntax",
      REQUIRED_FIELD_MISSING: "a field that is required is missing",
      DUPLICATE_VALUE: "a value that has to be unique exists already",
      DUPLICATES_DETECTED: "a rule against duplicates found a record that is alike",
      FIELD_CUSTOM_VALIDATION_EXCEPTION: "a validation rule of the organization refuses the record",
      STRING_TOO_LONG: "a value is longer than its field takes",
      UNABLE_TO_LOCK_ROW: "another operation holds the record; try again",
      ENTITY_IS_DELETED: "the record was deleted",
      INSUFFICIENT_ACCESS_OR_READONLY: "the caller may not change the record",
      API_DISABLED_FOR_ORG: "the edition of the organization, or the profile of the user, does not include the API",
    },
  },
  {
    link: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html",
    codes: {
      ConditionalCheckFailedException: "the condition of the write does not hold: the item was changed or exists already",
      ResourceNotFoundException: "what the request names does not exist in this account and region, or is still being made",
      ResourceInUseException: "the resource is being made, changed or used, and cannot be changed now",
      ResourceConflictException: "the resource is being changed, or exists already",
      ItemCollectionSizeLimitExceededException: "an item collection is larger than 10 GB",
      TransactionCanceledException: "the transaction was cancelled; its reasons name the item",
      ValidationException: "a value of the request is not valid; the message says which",
      InvalidParameterValueException: "a parameter has a value that is not valid; the message says which",
      SerializationException: "the body cannot be read: a member has another type than it should",
      UnrecognizedClientException: "the access key or token is not known there",
    },
  },
  {
    link: "https://airtable.com/developers/web/api/errors",
    codes: {
      UNKNOWN_FIELD_NAME: "the table has no field of this name",
      INVALID_MULTIPLE_CHOICE_OPTIONS: "the field has no such option, and may not make one",
      INVALID_VALUE_FOR_COLUMN: "the value does not fit the type of its field",
      INVALID_REQUEST_UNKNOWN: "the body has another form than the API wants: fields have to stand inside of fields",
      ROW_DOES_NOT_EXIST: "there is no such record in this table",
      MODEL_ID_NOT_FOUND: "there is no such record, or the token may not see it",
      TABLE_NOT_FOUND: "there is no such table in this base",
    },
  },
  {
    link: "https://docs.cloud.google.com/apis/design/errors",
    codes: {
      FAILED_PRECONDITION: "the state of the resource, the account or its billing does not permit the call now",
      INVALID_ARGUMENT: "an argument of the call is not valid; the message says which",
      OUT_OF_RANGE: "the call goes past the end of what there is",
      ALREADY_EXISTS: "what the call wants to make exists already",
      invalidParameter: "a parameter has a value that is not valid",
      required: "a parameter or field that is required is missing",
      badRequest: "the request has a form that the method does not take",
      parseError: "the body is no valid JSON",
      duplicate: "what the request wants to make exists already",
      failedPrecondition: "the state of the resource or the mailbox does not permit this: a service account needs the domain-wide delegation of a user",
    },
  },
] // prettier-ignore

/** The documentation pages of all codes. */
export const links: ReadonlyArray<string> = families.map(({ link }) => link)

/** A code's meaning and its documentation page. */
export interface Known {
  readonly code: string
  readonly means: string
  readonly link: string
}

/** The meaning of the first known code. */
export const read = (codes: ReadonlyArray<string>): Known | undefined => {
  for (const code of codes) {
    const family = families.find((one) => Object.hasOwn(one.codes, code))
    const means = family?.codes[code]
    if (family !== undefined && means !== undefined) return { code, means, link: family.link }
  }
  return undefined
}
