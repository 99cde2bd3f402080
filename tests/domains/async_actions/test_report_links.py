"""Links to reports open nothing once that which they tell of is gone."""

import asyncio
import time
from pathlib import Path
from secrets import token_bytes
from typing import Any

import httpx

from bench.shop import project_of
from patron.config import Settings
from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions.model import ASYNC_ACTIONS
from patron.domains.projects.actions.administer import DELETE_PROJECT, DeleteProject
from patron.kernel.clock import now_ms
from patron.running import opened
from tests.support.imports import bulk
from tests.support.servers import serving


async def _gather(_read: Read, ctx: Ctx, action_id: str) -> Wants:
    wants = Wants()
    wants.lock(ASYNC_ACTIONS, (ctx.project_id, action_id), to_delete=True)
    return wants


def _apply(rows: Rows, ctx: Ctx, action_id: str) -> Reply:
    action = rows.get(ASYNC_ACTIONS, (ctx.project_id, action_id))
    assert action is not None
    rows.remove(ASYNC_ACTIONS, action)
    return Reply(204)


FORGET = Action("forget", _gather, _apply)


async def _write(database_url: str, project_id: str, action: Action[Any], body: Any) -> None:
    async with opened(Settings(database_url=database_url), migrating=False) as patron:
        await patron.units.write(action, Ctx(project_id, now_ms(), token_bytes(16)), body)


def _status(url: str) -> int:
    return httpx.get(url, trust_env=False).status_code


def test_a_report_goes_with_its_action_and_with_its_project(database_url: str, contract_log: Path) -> None:
    with serving(database_url, contract_log) as shop:
        kept, gone = (bulk(shop.client, [{"source_id": name}]) for name in ("a", "b"))
        [kept_url], [gone_url] = kept["result"]["reports"], gone["result"]["reports"]
        assert (_status(kept_url), _status(gone_url)) == (200, 200)
        project_id = project_of(database_url)
        asyncio.run(_write(database_url, project_id, FORGET, gone["id"]))
        assert (_status(kept_url), _status(gone_url)) == (200, 404)
        asyncio.run(_write(database_url, project_id, DELETE_PROJECT, DeleteProject(project_id)))
        until = time.monotonic() + 120
        while _status(kept_url) != 404:
            assert time.monotonic() < until
            time.sleep(0.1)
