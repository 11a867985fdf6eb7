"""What a run may spend, and how carefully it finds out what an answer costs."""

from __future__ import annotations

import pytest

from calibrant.models import Failure, Price, Reply
from calibrant.runs.spend import Purse, Spend
from calibrant.types import Usage

PRICE = Price(input=3.0, output=10.0)


def reply(output: int, **more: object) -> Reply:
    return Reply(text="x", usage=Usage(input_tokens=0, output_tokens=output), **more)  # type: ignore[arg-type]


def test_a_limit_tells_what_a_reply_can_cost() -> None:
    assert Spend(PRICE).could_cost(300, 50_000) == pytest.approx(100 * 3e-6 + 50_000 * 10e-6)


def test_without_a_limit_the_dearest_reply_so_far_counts() -> None:
    spend = Spend(PRICE)
    assert spend.could_cost(0, None) == pytest.approx(1000 * 10e-6)
    for output in (10, 50_000, 10):
        spend.add(reply(output))
    assert spend.could_cost(0, None) == pytest.approx(0.5)


def test_what_an_endpoint_bills_itself_is_not_bounded_by_tokens() -> None:
    spend = Spend(PRICE)
    spend.add(reply(1, cost_usd=0.5))
    assert spend.could_cost(0, 10) == 0.5


def test_a_failed_request_of_unknown_cost_is_unknown_and_one_never_sent_is_free() -> None:
    spend = Spend(PRICE)
    spend.add(Reply(error="time-out", failure=Failure.TIMEOUT, requests=1))
    spend.add(Reply(error="not there", failure=Failure.NOT_RECORDED, requests=0))
    assert (spend.unknown, spend.known) == (1, 0)


def test_a_purse_lets_out_one_then_as_many_as_came_back_where_nothing_limits_a_reply() -> None:
    spend = Spend(PRICE)
    purse = Purse(100.0, [spend])
    assert purse.lets_out(0.01, limited=False, spend=spend, under_way=0)
    assert not purse.lets_out(0.01, limited=False, spend=spend, under_way=1)
    for _ in range(3):
        spend.add(reply(10))
    assert purse.lets_out(0.01, limited=False, spend=spend, under_way=2)
    assert not purse.lets_out(0.01, limited=False, spend=spend, under_way=3)
    assert purse.lets_out(0.01, limited=True, spend=spend, under_way=50)


def test_a_purse_counts_what_is_spent_reserved_and_perhaps_billed() -> None:
    spend = Spend(PRICE)
    purse = Purse(1.0, [spend])
    spend.add(reply(40_000))
    purse.reserved_usd = 0.3
    assert purse.lets_out(0.3, limited=True, spend=spend, under_way=1)
    assert not purse.lets_out(0.31, limited=True, spend=spend, under_way=1)
    purse.came_back(0.3, cost_known=False)
    assert (purse.reserved_usd, purse.assumed_usd) == (0.0, 0.3)
    assert not purse.lets_out(0.31, limited=True, spend=spend, under_way=0)


def test_no_budget_lets_everything_out() -> None:
    assert Purse(None, []).lets_out(1e9, limited=False, spend=Spend(None), under_way=10**6)
