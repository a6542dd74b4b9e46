"""Answers the worker's frames, one ``done`` to each event."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from stratforge import Bar, Fill, OrderUpdate, Position, Trade
from stratforge.lots import price, quantity
from stratforge.running import StrategyRun, settings_of
from stratforge.signals import Signal

from .cage import SandboxUnavailable, close_cage
from .frames import MAX_CODE, FramePipe, ProtocolError
from .loading import describe, load

PROTOCOL = 1


def converse() -> int:
    """Speaks over the standard streams until the worker is done or something fails; the exit code."""
    pipe = FramePipe.take_standard_streams()
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
        for name, one in parameters.items()
    ]
    pipe.write_json({"type": "loaded", "name": type(strategy).__name__, "warmUp": run.warm_up, "parameters": described})
    return run


def _answer(pipe: FramePipe, run: StrategyRun) -> int:
    symbol = run.symbol
    is_crypto = run.is_crypto
    while (frame := pipe.read()) is not None:
        event = _parsed(frame)
        kind = event.get("type")
        seq = event.get("seq", 0)
        run.answered()
        if kind == "bar":
            run.on_bar(Bar(symbol, event["t"], float(event["o"]), float(event["h"]), float(event["l"]), float(event["c"]), float(event["v"])))
        elif kind == "bars":
            seq = _bars(run, symbol, seq, event["bars"])
        elif kind == "warm":
            for t, o, h, l, c, v in event["bars"]:
                run.warm(Bar(symbol, t, float(o), float(h), float(l), float(c), float(v)))
        elif kind == "update":
            _update(run, event)
        elif kind == "trade":
            run.on_trade(Trade(symbol, event["t"], float(event["p"]), float(event["s"])))
        elif kind == "stop":
            run.on_stop("user" if event.get("reason") == "user" else "platform")
        else:
            raise ProtocolError(f"{kind!r} is not an event.")
        pipe.write(_done(kind, seq, run, is_crypto))
        if kind == "stop":
            return 0
    return 0


def _bars(run: StrategyRun, symbol: str, first: int, bars: list[list[float]]) -> int:
    # Stops behind the first bar that emits: what the worker decides about its signals comes before the next bar.
    seq = first - 1
    for t, o, h, l, c, v in bars:
        seq += 1
        run.on_bar(Bar(symbol, int(t), float(o), float(h), float(l), float(c), float(v)))
        if run.signals:
            break
    return seq


def _update(run: StrategyRun, event: dict[str, Any]) -> None:
    order = event["order"]
    held = event["position"]
    position = Position(float(held["quantity"]), float(held["averagePrice"]))
    average = order.get("averageFillPrice")
    update = OrderUpdate(
        order["orderId"], order["side"], order["status"], float(order["quantity"]), float(order["filledQuantity"]),
        None if average is None else float(average), order.get("code"))
    executed = order.get("fill")
    if executed is None:
        run.on_update(float(event["cash"]), position, update, None, 0)
        return
    at = datetime.fromisoformat(executed["occurredAt"])
    fill = Fill(
        update.order_id, update.action, float(executed["quantity"]), float(executed["price"]), float(executed["fee"]),
        executed["feeAsset"], at, position)
    run.on_update(float(event["cash"]), position, update, fill, int(at.timestamp() * 1000))


def _done(kind: str, seq: int, run: StrategyRun, is_crypto: bool) -> bytes:
    head = f'{{"type":"done","of":"{kind}","seq":{0 if kind in ("warm", "stop") else seq}'
    if not run.signals and not run.logs:
        return (head + "}").encode()
    if run.signals:
        head += ',"signals":[' + ",".join(_signal(one, is_crypto) for one in run.signals) + "]"
    if run.logs:
        head += ',"logs":' + json.dumps([{"level": level, "message": message} for level, message in run.logs], ensure_ascii=False)
    return (head + "}").encode("utf-8", "replace")


def _signal(signal: Signal, is_crypto: bool) -> str:
    # Put together as text: building an encoder of JSON takes longer than all the rest of a bar.
    text = f'{{"action":"{signal.action}","quantity":"{quantity(signal.quantity)}","confidence":{float(signal.confidence)!r}'
    if signal.limit is not None:
        text += f',"orderType":"limit","limitPrice":"{price(signal.limit, is_crypto)}"'
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
