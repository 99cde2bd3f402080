"""Uploads: a file that is sent as a part of `multipart/form-data` (spec C 2.6)."""

import re
from io import BytesIO

import falcon
import msgspec
from falcon.media.multipart import BodyPart, MultipartForm, MultipartFormHandler, MultipartParseOptions

from patron.http.bodies import MOST_BYTES, Headers, Receive, check_encoding, check_length, receive_body
from patron.kernel.problems import Problem, invalid_payload, payload_too_large, unsupported_media_type

PART = "file"
MOST_AROUND_IT = 64 * 1024
"""Of the other parts, the headers of parts and the boundaries together."""
MOST_PARTS = 20
MOST_HEADER_BYTES = 8 * 1024
"""Of one part."""
LONGEST_NAME = 255

_FORM = re.compile(rb"multipart/form-data\s*;.*\bboundary\s*=", re.IGNORECASE | re.DOTALL)
_PATH = re.compile(r".*[/\\]", re.DOTALL)


class Upload(msgspec.Struct, frozen=True):
    """A file as it came.

    `filename` is its name alone, printable and of 255 characters at most, empty where the sender told none: good to
    show, and nothing to open a file by. `content` has 10 MB at most, and may be empty.
    """

    filename: str
    content: bytes


class Uploads:
    """Takes the part `file` of a form. Other parts are read over."""

    def __init__(self) -> None:
        options = MultipartParseOptions()
        options.max_body_part_count = MOST_PARTS
        options.max_body_part_headers_size = MOST_HEADER_BYTES
        self._forms = MultipartFormHandler(options)

    async def read(self, headers: Headers, receive: Receive) -> tuple[bytes, Upload]:
        """The file's bytes, and the file.

        A client that sends its file again draws another boundary, so the bytes around the file tell no two requests
        apart. Raises Problem 413 for a file past 10 MB, 415 for anything but a form, 400 for a form without the file,
        and ClientLeft.
        """
        check_length(headers, MOST_BYTES + MOST_AROUND_IT)
        declared = headers.get(b"content-type", b"")
        if not _FORM.match(declared):
            raise unsupported_media_type(f"Send a form: Content-Type: multipart/form-data, with the part {PART!r}.")
        check_encoding(headers)
        raw = await receive_body(receive, MOST_BYTES + MOST_AROUND_IT)
        upload = self._file_of(raw, declared.decode("latin-1"))
        return upload.content, upload

    def _file_of(self, raw: bytes, declared: str) -> Upload:
        try:
            files = _files(self._forms.deserialize(BytesIO(raw), declared, len(raw)))
        except falcon.HTTPError as error:
            raise _malformed(error.description or error.title) from None
        except ValueError:
            raise _malformed("the headers of a part are no UTF-8") from None
        if len(files) != 1:
            raise invalid_payload(f"{PART}: expected one part of this name, got {len(files) or 'none'}")
        (upload,) = files
        if len(upload.content) > MOST_BYTES:
            raise payload_too_large(MOST_BYTES)
        return upload


def _files(form: MultipartForm) -> list[Upload]:
    """Every part is looked at, so that a form that is cut off is refused."""
    return [Upload(_name_of(part), part.stream.read()) for part in form if part.name == PART]


def _name_of(part: BodyPart) -> str:
    """Some browsers once sent the whole path."""
    name = _PATH.sub("", part.filename or "")
    return "".join(filter(str.isprintable, name))[:LONGEST_NAME]


def _malformed(what: str | None) -> Problem:
    return invalid_payload(f"body: expected multipart/form-data, found: {what or 'something else'}")
