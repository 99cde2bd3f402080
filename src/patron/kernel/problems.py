"""The closed catalogue of API errors: what must leave no trace (malformed, forbidden, not found, conflict, busy).

A business refusal is a value, never one of these. Keys and messages are the reference's (spec C 7) where it
has one; the HTTP edge turns a `Problem` into the envelope `{code, key, message, details, request_id, …}`.
"""


class Problem(Exception):
    """An answer of class 4xx or 5xx. `details` says what was expected, naming the field."""

    def __init__(
        self,
        status: int,
        key: str,
        message: str,
        details: str,
        *,
        resource_id: str | None = None,
        resource_type: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{status} {key}: {details}")
        self.status = status
        self.key = key
        self.message = message
        self.details = details
        self.resource_id = resource_id
        self.resource_type = resource_type
        self.retry_after = retry_after


def invalid_payload(details: str) -> Problem:
    """400: the body does not have the documented form. Name the field and what was expected."""
    return Problem(400, "invalid_payload", "Invalid payload", details)


def not_enough_source_ids(details: str) -> Problem:
    """400: bulk work that names nobody."""
    return Problem(400, "not_enough_source_ids", "Not enough source ids", details)


def duplicate_key(details: str) -> Problem:
    """400: a request that brings something twice which may be there once. Name it."""
    return Problem(400, "duplicate_key", "Duplicate codes", details)


def duplicate_source_id(details: str) -> Problem:
    """400: a source_id that was used for something else before. Say for what."""
    return Problem(400, "duplicate_source_id", "Duplicate source_id", details)


def invalid_query_params(details: str) -> Problem:
    """400: a query parameter does not have the documented form. Name it and what was expected."""
    return Problem(400, "invalid_query_params", "Invalid query params", details)


def invalid_header(details: str) -> Problem:
    """400: a header does not have the documented form. Name it and what was expected."""
    return Problem(400, "invalid_header", "Invalid header", details)


def invalid_path(details: str) -> Problem:
    """400: a path that does not spell out UTF-8 text."""
    return Problem(400, "invalid_path", "Invalid path", details)


def page_over_limit(details: str) -> Problem:
    """400: a page number past the documented ceiling; the cursor goes on from there."""
    return Problem(400, "page_over_limit", "Page over limit", details)


def metadata_validation_failed(details: str) -> Problem:
    """400: metadata that its schema does not allow. Name each key with the reason and the value (spec C 5.1)."""
    return Problem(400, "metadata_validation_failed", "Metadata validation failed", details)


def resource_protected(resource_type: str, resource_id: str) -> Problem:
    """400: what nobody may change over the API."""
    return Problem(
        400,
        "resource_protected",
        "Resource is protected",
        f"Resource {resource_type} with id {resource_id} is protected and cannot be modified",
        resource_id=resource_id,
        resource_type=resource_type,
    )


def resource_in_use(details: str, resource_type: str, resource_id: str) -> Problem:
    """400: something else refers to what was to be deleted. Name it."""
    return Problem(
        400, "resource_in_use", "Resource in use", details, resource_id=resource_id, resource_type=resource_type
    )


def unauthorized(details: str) -> Problem:
    """401: no key, an unknown one, a wrong token or a revoked key; which of them is not told."""
    return Problem(401, "unauthorized", "Unauthorized", details)


def forbidden(details: str) -> Problem:
    """403: the key is known, but not for this operation."""
    return Problem(403, "forbidden", "Forbidden", details)


def not_found(resource_type: str, resource_id: str) -> Problem:
    """404: nothing of this kind and name in this project."""
    return Problem(
        404,
        "not_found",
        "Resource not found",
        f"Cannot find {resource_type} with id {resource_id}",
        resource_id=resource_id,
        resource_type=resource_type,
    )


def no_such_route(details: str) -> Problem:
    """404: no operation has this path."""
    return Problem(404, "not_found", "Resource not found", details)


def method_not_allowed(details: str) -> Problem:
    """405: the path exists, the method does not."""
    return Problem(405, "method_not_allowed", "Method not allowed", details)


def duplicate_found(resource_type: str, field: str, value: str) -> Problem:
    """409: there is another one with this value of a field that is unique."""
    return Problem(
        409,
        "duplicate_found",
        "Duplicated resource found",
        f"Duplicated {resource_type} exists with {field} {value}",
        resource_id=value,
        resource_type=resource_type,
    )


def parent_missing(resource_type: str, resource_id: str, parent: str) -> Problem:
    """409: what it was a part of is not there, so it cannot come back before that does."""
    return Problem(
        409,
        "parent_missing",
        "Parent resource missing",
        f"{parent} is not there: restore it first",
        resource_id=resource_id,
        resource_type=resource_type,
    )


def idempotency_in_progress() -> Problem:
    """409: the first request with this Idempotency-Key is still running."""
    return Problem(
        409,
        "idempotency_in_progress",
        "Request in progress",
        "A request with this Idempotency-Key is still running; send this one again later.",
        retry_after=1,
    )


def import_taken_over(action_id: str) -> Problem:
    """409: another run imports the same file, in other steps."""
    return Problem(
        409,
        "import_taken_over",
        "Import taken over",
        f"Another run of the same import goes on with it: {action_id}. No row is lost, and none is done twice; "
        "wait for it to end.",
        resource_id=action_id,
        resource_type="async_action",
    )


def import_in_progress(action_id: str) -> Problem:
    """409: there may be one import of this kind at a time, and another one is running."""
    return Problem(
        409,
        "import_in_progress",
        "Import in progress",
        f"Another import is running: {action_id}. Send this one again when it has ended.",
        resource_id=action_id,
        resource_type="async_action",
        retry_after=1,
    )


def payload_too_large(limit: int) -> Problem:
    """413: a body of more bytes than are taken."""
    return Problem(
        413,
        "payload_too_large",
        "Request Entity Too Large",
        f"Payload content length greater than maximum allowed: {limit}",
    )


def too_many_rows(limit: int) -> Problem:
    """413: more rows than one request may bring."""
    details = f"Expected at most {limit} rows at a time; send the others apart."
    return Problem(413, "payload_too_large", "Request Entity Too Large", details)


def uri_too_long(limit: int) -> Problem:
    """414: a path and query of more bytes than are taken."""
    return Problem(414, "uri_too_long", "URI too long", f"Path and query may have {limit} bytes together.")


def malformed_request(details: str) -> Problem:
    """400: bytes that are no HTTP/1.1 request."""
    return Problem(400, "malformed_request", "Malformed request", details)


def request_timeout(seconds: float) -> Problem:
    """408: a request whose head did not come in time."""
    return Problem(408, "request_timeout", "Request timeout", f"A request may take {seconds:g} s to arrive.")


def headers_too_large(limit: int) -> Problem:
    """431: a request line and headers of more bytes than are taken."""
    details = f"The request line and the headers may have {limit} bytes together."
    return Problem(431, "headers_too_large", "Request header fields too large", details)


def unsupported_media_type(details: str) -> Problem:
    """415: a body that is not declared as JSON."""
    return Problem(415, "unsupported_media_type", "Unsupported media type", details)


def idempotency_mismatch() -> Problem:
    """422: an Idempotency-Key that was used for another request."""
    return Problem(
        422,
        "idempotency_key_reused",
        "Idempotency-Key reused",
        "This Idempotency-Key was used with another method, path or body; use a new key for a new request.",
    )


def too_many_requests(details: str, retry_after: int) -> Problem:
    """429: the project's rate limit is used up for now."""
    return Problem(429, "too_many_requests", "Too many requests", details, retry_after=retry_after)


def internal_error() -> Problem:
    """500: a fault of ours; the log has the rest under the request id."""
    return Problem(500, "internal_error", "Internal error", "Something went wrong; the request id names it in the log.")


def busy(details: str) -> Problem:
    """503: no room or no database for this just now; nothing was changed unless `details` says otherwise."""
    return Problem(503, "service_unavailable", "Service unavailable", details, retry_after=1)
