"""The kit that authors test their strategies with, and through it timers, longer bars, tickets and state. The C# tests have the same cases."""

import unittest

from stratforge import Bar, Signal, Strategy, param, roc, sma
from stratforge.testing import MONDAY_MORNING_MS, TrialFailed, trial

MINUTE = 60_000


def minute(number, close, symbol="SPY"):
    return Bar(symbol, MONDAY_MORNING_MS + number * MINUTE, close, close, close, close, 100.0)


class Cross(Strategy):
    fast_len = param(5, min=1, max=100)
    slow_len = param(20, min=2, max=400)

    def on_start(self):
        self.fast, self.slow = sma(self.fast_len), sma(self.slow_len)

    def on_bar(self, bar):
        if self.fast.crossed_above(self.slow):
            return self.target_percent(0.2)
        if self.fast.crossed_below(self.slow):
            return self.close()


class Diary(Strategy):
    other = param("")

    def on_start(self):
        self.entries = []
        for symbol in filter(None, (self.symbol, self.other)):
            self.subscribe(symbol)
            self.subscribe(symbol, "5m")
        self.every(5)
        self.at("14:35 UTC")

    def on_bar(self, bar):
        self.write(f"bar {bar.symbol} {bar.timeframe}")
        if len(self.entries) == (2 if self.other else 1):
            return self.buy(1)

    def on_fill(self, fill):
        self.write("fill")

    def on_order(self, update):
        self.write(update.status)

    def on_timer(self, timer):
        self.write(f"timer {timer.name}")

    def write(self, what):
        self.entries.append(f"{self.clock.now:%H:%M} {what}")


class Bracketed(Strategy):
    leaves = False

    def on_bar(self, bar):
        if len(self.bars) == 1:
            return self.target(10, take_profit=110, stop_loss=95)
        return self.close() if self.leaves else None


class TrialTests(unittest.TestCase):
    def test_one_line_feeds_bars_and_asserts_signals(self):
        trial(Cross, fast_len=2, slow_len=3).closes(10, 10, 10, 12, 9, 9).should_signal("BUY 1666", "SELL 1666")

    def test_what_was_expected_and_did_not_happen_is_said(self):
        with self.assertRaises(TrialFailed) as failure:
            trial(Cross, fast_len=2, slow_len=3).closes(10, 10, 10, 12).should_signal("SELL 5")
        self.assertEqual("Expected [SELL 5], but it signalled [BUY 1666].", str(failure.exception))

    def test_at_one_instant_fills_come_first_then_updates_bars_by_symbol_and_length_then_timers(self):
        diary = Diary()
        trial(diary, other="MSFT").bars(minute(i, 10.0, symbol) for i in range(5) for symbol in ("SPY", "MSFT"))
        self.assertEqual([
            "14:31 bar MSFT 1m", "14:31 bar SPY 1m", "14:31 accepted",
            "14:31 fill", "14:31 filled",
            "14:32 bar MSFT 1m", "14:32 bar SPY 1m", "14:33 bar MSFT 1m", "14:33 bar SPY 1m", "14:34 bar MSFT 1m", "14:34 bar SPY 1m",
            "14:35 bar MSFT 1m", "14:35 bar MSFT 5m", "14:35 bar SPY 1m", "14:35 bar SPY 5m", "14:35 timer every 5m", "14:35 timer 14:35 UTC",
        ], diary.entries)

    def test_what_the_clock_passes_comes_before_the_bar_that_shows_it(self):
        diary = Diary()
        trial(diary).bars([minute(0, 10.0), minute(20, 11.0)])
        self.assertEqual([
            "14:31 bar SPY 1m", "14:31 accepted", "14:50 fill", "14:50 filled", "14:50 bar SPY 5m", "14:50 timer every 5m", "14:50 timer 14:35 UTC",
            "14:51 bar SPY 1m",
        ], diary.entries)

    def test_what_had_begun_before_the_first_minute_is_no_bar(self):
        day = 1_440
        for timeframe, expected in (("1d", [(20.0, 31.0)]), ("1h", [(20.0, 20.0), (30.0, 31.0)])):
            seen = []

            class Watcher(Strategy):
                def on_start(self):
                    self.subscribe(self.symbol, timeframe)

                def on_bar(self, bar):
                    seen.append((bar.open, bar.close))

            trial(Watcher()).bars([minute(70, 10.0), minute(day, 20.0), minute(day + 30, 30.0), minute(day + 31, 31.0), minute(2 * day, 1.0)])
            self.assertEqual(expected, seen)

    def test_a_warm_up_begins_in_the_midst_of_a_bar_and_what_is_beyond_its_bound_is_said(self):
        class Slow(Strategy):
            length, bars = param("15m"), param(2)

            def on_start(self):
                self.mean = sma(self.bars, of=self.subscribe(self.symbol, self.length))

            def on_bar(self, bar):
                pass

        deep = trial(Slow, length="1d", bars=300).closes(1)
        self.assertEqual([44, 100_000], [trial(Slow).warm_up, deep.warm_up])
        self.assertEqual(["warning: The strategy wants 117389 minutes of history; 100000 are fed, and the rest comes while it runs."], deep.logs)

    def test_a_change_since_zero_is_none(self):
        change = roc(1)
        values = []
        for value in (0.0, 5.0, 10.0):
            change.add(value)
            values.append(change.value)
        self.assertEqual([0.0, 100.0], values[1:])

    def test_exits_wait_on_the_position_and_closing_takes_them_back(self):
        strategy = Bracketed()
        run = trial(strategy).closes(100, 100, 100)
        self.assertEqual(["take_profit", "stop_loss"], [one.exit for one in strategy.open_orders])
        strategy.leaves = True
        run.closes(100, 100).should_signal("BUY 10 take profit 110 stop loss 95", "SELL 10")
        self.assertTrue(run.position.is_flat)
        self.assertEqual([], strategy.open_orders)

    def test_a_ticket_follows_its_order(self):
        sent = []

        class Buyer(Strategy):
            def on_bar(self, bar):
                if not sent:
                    sent.append(self.buy(10))

        run = trial(Buyer).closes(100)
        ticket = sent[0].ticket
        self.assertEqual((1, "accepted", "order-1"), (ticket.number, ticket.status, ticket.order_id))
        run.closes(101)
        self.assertEqual(("filled", 10, 101, True), (ticket.status, ticket.filled_quantity, ticket.average_fill_price, ticket.is_over))

    def test_a_refusal_is_told_and_nothing_can_be_sent_meanwhile(self):
        told = []

        class Greedy(Strategy):
            again = param(False)

            def on_bar(self, bar):
                return self.buy(100_000)

            def on_order(self, update):
                told.append((update.status, update.reason))
                if self.again:
                    self.buy(1)

        trial(Greedy).closes(100)
        self.assertEqual([("rejected", "INSUFFICIENT_FUNDS")], told)
        with self.assertRaises(RuntimeError):
            trial(Greedy, again=True).closes(100)

    def test_state_is_handed_on_when_it_changed_and_comes_back(self):
        class Counting(Strategy):
            restored = None

            def on_restore(self):
                self.restored = self.state["bars"]

            def on_bar(self, bar):
                self.state["bars"] = self.state.get("bars", 0) + 1

        run = trial(Counting).closes(1, 2, 3)
        self.assertEqual({"bars": 3}, run.state)
        again = Counting()
        self.assertEqual({"bars": 4}, trial(again, state=run.state).closes(9).state)
        self.assertEqual(3, again.restored)

    def test_more_state_than_fits_or_no_json_is_refused(self):
        class Keeping(Strategy):
            size = param(0)

            def on_bar(self, bar):
                self.state["x"] = "x" * self.size if self.size else object()

        for size in (0, 17_000):
            with self.subTest(size), self.assertRaises(ValueError):
                trial(Keeping, size=size).closes(1)

    def test_a_hand_made_signal_from_a_handler_that_returns_none_is_refused_and_send_sends_it(self):
        class Timed(Strategy):
            sends = param(True)

            def on_start(self):
                self.every(1)

            def on_timer(self, timer):
                signal = Signal("BUY", 1)
                return None if self.sends and self.send(signal) else signal

        trial(Timed, fills=False).closes(1).should_signal("BUY 1")
        with self.assertRaises(TypeError):
            trial(Timed, fills=False, sends=False).closes(1)

    def test_notes_can_be_looked_at(self):
        class Noting(Strategy):
            def on_start(self):
                self.subscribe_trades()

            def on_bar(self, bar):
                self.log("bar", close=bar.close)
                self.plot("close", bar.close)
                self.plot("not yet", float("nan"))
                self.mark("here")
                self.explain("so it is")
                return self.buy(1, metadata={"rsi": 30})

            def on_trade(self, trade):
                self.log(f"trade {trade.price}", "warning")

        run = trial(Noting, fills=False).closes(10).trade(11, 5)
        self.assertEqual(['info: bar {"close":10.0}', "warning: trade 11.0"], run.logs)
        self.assertEqual([("close", MONDAY_MORNING_MS + MINUTE, 10.0)], run.plots)
        self.assertEqual([(MONDAY_MORNING_MS + MINUTE, "here", None)], run.marks)
        self.assertEqual('{"explain":"so it is","rsi":30}', run.raw_signals[0].metadata_json)


if __name__ == "__main__":
    unittest.main()
