"""Answers the worker's frames, one ``done`` to each event."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

from stratforge import Bar, Fill, OrderUpdate, Position, Quote, Trade
from stratforge.lots import price, quantity
from stratforge.market import is_crypto as is_crypto_symbol
from stratforge.running import StrategyRun, settings_of
from stratforge.signals import Signal

from .cage import SandboxUnavailable, close_cage
from .checks import problems
from .frames import MAX_CODE, FramePipe, ProtocolError
from .loading import describe, load

PROTOCOL = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)


def converse() -> int:
    """Speaks over the standard streams until the worker is done or something fails; the exit code."""
    pipe = FramePipe.take_standard_streams()
    # What is printed shall be read now, not when a buffer is full.
    sys.stdout.reconfigure(line_buffering=True)
    try:
        pipe.write_json({"type": "ready", "protocol": PROTOCOL, "runtime": "python"} | close_cage())
        run = _load(pipe)
        return 0 if run is None else _answer(pipe, run)
    except SandboxUnavailable as error:
        return _fail(pipe, "SANDBOX_UNAVAILABLE", str(error), 4)
    except ProtocolError as error:
        return _fail(pipe, "PROTOCOL_ERROR", str(error), 1)
    # Whatever a strategy raises, SystemExit included, ends its session with a sentence for its author.
    except BaseException as error:
        return _fail(pipe, "STRATEGY_ERROR", _described(error), 1)


def _load(pipe: FramePipe) -> StrategyRun | None:
    frame = pipe.read()
    if frame is None:
        return None
    head = _parsed(frame)
    if head.get("type") != "load":
        raise ProtocolError("The first frame is load.")
    source = pipe.read(MAX_CODE)
    if source is None:
        return None
    strategy, parameters = load(source.decode("utf-8"), head.get("parameters") or {})
    run = StrategyRun.start(strategy, settings_of(head))
    described = [
        {"name": name, "type": one.type_name, "default": one.default}
        | ({} if one.min is None else {"min": one.min})
        | ({} if one.max is None else {"max": one.max})
        | ({} if one.step is None else {"step": one.step})
        | ({} if one.description is None else {"description": one.description})
        for name, one in parameters.items()
    ]
    loaded = {"type": "loaded", "name": type(strategy).__name__, "warmUp": run.warm_up, "parameters": described}
    if run.subscriptions:
        loaded["subscriptions"] = [{"symbol": symbol, "feed": feed} for symbol, feed in run.subscriptions]
    if head.get("check"):
        loaded["problems"] = problems(source.decode("utf-8"))
    pipe.write_json(loaded)
    return run


def _answer(pipe: FramePipe, run: StrategyRun) -> int:
    symbol = run.symbol
    is_crypto = run.is_crypto
    while (frame := pipe.read()) is not None:
        event = _parsed(frame)
        kind = event.get("type")
        seq = event.get("seq", 0)
        if kind == "bar":
            run.on_bar(Bar(event.get("symbol", symbol), event["t"], float(event["o"]), float(event["h"]), float(event["l"]), float(event["c"]), float(event["v"])))
        elif kind == "bars":
            seq = _bars(run, seq, event["bars"])
        elif kind == "warm":
            for row in event["bars"]:
                run.warm(_bar(run, row))
        elif kind == "update":
            _update(run, event)
        elif kind == "trade":
            run.on_trade(Trade(event.get("symbol", symbol), event["t"], float(event["p"]), float(event["s"])))
        elif kind == "quote":
            run.on_quote(Quote(
                event.get("symbol", symbol), event["t"], float(event["b"]), float(event["bs"]), float(event["a"]), float(event["as"])))
        elif kind == "outcome":
            for one in event["outcomes"]:
                run.on_outcome(one["ticket"], one["status"], one.get("orderId"), one.get("code"))
        elif kind == "stop":
            run.on_stop("user" if event.get("reason") == "user" else "platform")
        else:
            raise ProtocolError(f"{kind!r} is not an event.")
        pipe.write(_done(kind, seq, run, is_crypto))
        # Not before the event: what the start handler said goes out with the first answer.
        run.answered()
        if kind == "stop":
            return 0
    return 0


def _bars(run: StrategyRun, first: int, rows: list[list[float]]) -> int:
    # Stops behind the first bar that emits: what the worker decides about its signals comes before the next bar. Nor may its notes outgrow a frame.
    seq = first - 1
    for row in rows:
        seq += 1
        run.on_bar(_bar(run, row))
        if run.must_answer:
            break
    return seq


def _bar(run: StrategyRun, row: list[float]) -> Bar:
    # Behind the numbers the symbol's place when it is not the session's.
    t, o, h, l, c, v, *place = row
    symbol = run.bar_symbols[place[0]] if place else run.symbol
    return Bar(symbol, int(t), float(o), float(h), float(l), float(c), float(v))


def _update(run: StrategyRun, event: dict[str, Any]) -> None:
    order = event["order"]
    held = event["position"]
    position = Position(float(held["quantity"]), float(held["averagePrice"]))
    average = order.get("averageFillPrice")
    symbol = order.get("symbol", run.symbol)
    update = OrderUpdate(
        order["orderId"], symbol, order["side"], order["status"], float(order["quantity"]), float(order["filledQuantity"]),
        None if average is None else float(average), order.get("code"), order.get("leg"))
    ticket = event.get("ticket")
    executed = order.get("fill")
    if executed is None:
        run.on_update(float(event["cash"]), position, update, None, 0, ticket)
        return
    at = datetime.fromisoformat(executed["occurredAt"])
    fill = Fill(
        update.order_id, symbol, update.action, float(executed["quantity"]), float(executed["price"]), float(executed["fee"]),
        executed["feeAsset"], at, position)
    run.on_update(float(event["cash"]), position, update, fill, (at - _EPOCH) // _MILLISECOND, ticket)


def _done(kind: str, seq: int, run: StrategyRun, is_crypto: bool) -> bytes:
    head = f'{{"type":"done","of":"{kind}","seq":{0 if kind in ("warm", "stop") else seq}'
    if run.signals:
        head += ',"signals":[' + ",".join(_signal(one, is_crypto) for one in run.signals) + "]"
    if run.account.cancels_all:
        head += ',"cancelAll":true'
    if run.account.cancels:
        head += ',"cancels":' + json.dumps(run.account.cancels)
    notes = run.notes
    if notes.logs:
        head += ',"logs":[' + ",".join(_log(*one) for one in notes.logs) + "]"
    if notes.plots:
        head += ',"plots":' + json.dumps([{"name": name, "at": at, "value": value} for name, at, value in notes.plots], ensure_ascii=False)
    if notes.marks:
        head += ',"marks":' + json.dumps(
            [{"at": at, "text": text} | ({} if price is None else {"price": price}) for at, text, price in notes.marks], ensure_ascii=False)
    state = run.take_changed_state()
    if state is not None:
        head += f',"state":{{"version":{run.state_version},"value":{state}}}'
    return (head + "}").encode("utf-8", "replace")


def _log(level: str, message: str, fields: str | None) -> str:
    text = f'{{"level":"{level}","message":{json.dumps(message, ensure_ascii=False)}'
    return text + (f',"fields":{fields}}}' if fields else "}")


def _signal(signal: Signal, is_crypto: bool) -> str:
    # Put together as text: building an encoder of JSON takes longer than all the rest of a bar.
    text = f'{{"action":"{signal.action}","quantity":"{quantity(signal.quantity)}","confidence":{float(signal.confidence)!r}'
    if signal.symbol is not None:
        is_crypto = is_crypto_symbol(signal.symbol)
    if signal.limit is not None or signal.is_stop:
        text += f',"orderType":"{signal.order_type}"'
        for name, value in (("limitPrice", signal.limit), ("stopPrice", signal.stop), ("trailPrice", signal.trail)):
            if value is not None:
                text += f',"{name}":"{price(value, is_crypto)}"'
        if signal.trail_percent is not None:
            text += f',"trailPercent":"{quantity(signal.trail_percent)}"'
    if signal.take_profit is not None:
        text += f',"takeProfit":"{price(signal.take_profit, is_crypto)}"'
    if signal.stop_loss is not None:
        text += f',"stopLoss":"{price(signal.stop_loss, is_crypto)}"'
    if signal.stop_loss_limit is not None:
        text += f',"stopLossLimit":"{price(signal.stop_loss_limit, is_crypto)}"'
    if signal.symbol is not None:
        text += f',"symbol":{json.dumps(signal.symbol)}'
    if signal.tif is not None:
        text += f',"timeInForce":"{signal.tif}"'
    if signal.record_only:
        text += ',"recordOnly":true'
    if signal.metadata_json is not None:
        text += f',"metadata":{signal.metadata_json}'
    return text + "}"


def _parsed(frame: bytes) -> dict[str, Any]:
    try:
        event = json.loads(str(frame, "utf-8"))  # Given bytes, it would first guess at their encoding.
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"A frame that is not JSON: {error}") from error
    if not isinstance(event, dict):
        raise ProtocolError("A frame is an object with a type.")
    return event


def _described(error: BaseException) -> str:
    try:
        return describe(error)
    except BaseException:  # An author's exception whose own text can't be had.
        return type(error).__name__


def _fail(pipe: FramePipe, code: str, message: str, exit_code: int) -> int:
    pipe.write_json({"type": "error", "code": code, "message": message.encode("utf-8", "replace")[:2048].decode("utf-8", "ignore")})
    return exit_code
