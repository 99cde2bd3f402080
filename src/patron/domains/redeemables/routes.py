"""The operations of sessions."""

from patron.db.actions import Reply
from patron.domains.redeemables.actions.end_session import END_SESSION, EndSession
from patron.http.routes import Call, Route


async def end_session(call: Call[None, None]) -> Reply:
    return await call.write(END_SESSION, EndSession(call.params["code"], call.params["sessionKey"]))


ROUTES = [
    Route(
        "DELETE",
        "/v1/vouchers/{code}/sessions/{sessionKey}",
        end_session,
        summary="Release what a session holds of a voucher",
        tag="Vouchers",
        answers={204: None},
    ),
]
