"""One strategy at work, as StrategyRunTests has it in C#."""

import unittest
from dataclasses import replace

from stratforge import Bar, OrderUpdate, Position, Signal, Strategy, sma
from stratforge.running import RunSettings, StrategyRun


class Scripted(Strategy):
    """A strategy whose handlers a test writes in place."""

    def __init__(self, start=None, bar=None, stop=None):
        self.start, self.bar, self.stop = start, bar, stop

    def on_start(self):
        return self.start and self.start(self)

    def on_bar(self, bar):
        return self.bar and self.bar(self)

    def on_stop(self, reason):
        return self.stop and self.stop(self)


def started(strategy, cash=100_000.0, held=0.0, is_crypto=False):
    return StrategyRun.start(strategy, RunSettings("SPY", is_crypto, 1, cash, Position(held, 100.0 if held else 0.0)))


def fed(run, *closes):
    for i, close in enumerate(closes):
        run.answered()
        run.on_bar(Bar("SPY", 1_380_873_600_000 + 60_000 * i, close, close, close, close, 100.0))
    return run.signals


class StrategyRunTests(unittest.TestCase):
    def test_the_bar_handler_is_first_called_when_the_slowest_indicator_is_ready(self):
        run = started(Scripted(start=lambda one: sma(3), bar=lambda one: one.buy(1)))
        self.assertEqual(3, run.warm_up)
        self.assertEqual([], fed(run, 10.0, 11.0))
        self.assertEqual(1, len(fed(run, 12.0)))

    def test_a_helpers_signal_goes_out_once_whether_it_is_returned_or_not(self):
        def silent(one):
            one.buy(10)

        self.assertEqual([10], [one.quantity for one in fed(started(Scripted(bar=silent)), 100.0)])
        self.assertEqual([10], [one.quantity for one in fed(started(Scripted(bar=lambda one: one.buy(10))), 100.0)])

    def test_a_changed_copy_of_a_helpers_signal_goes_out_in_its_place(self):
        run = started(Scripted(bar=lambda one: replace(one.buy(10), record_only=True)))
        self.assertEqual([True], [one.record_only for one in fed(run, 100.0)])

    def test_quantities_that_cannot_be_traded_are_refused_where_they_are_asked_for(self):
        for quantity in (0, -1, float("nan"), float("inf"), 1e-10):
            with self.subTest(quantity), self.assertRaises(ValueError):
                fed(started(Scripted(bar=lambda one: one.buy(quantity))), 100.0)

    def test_a_fifth_of_the_equity_buys_that_many_whole_shares(self):
        run = started(Scripted(bar=lambda one: one.target_percent(0.2)))
        self.assertEqual([119], [one.quantity for one in fed(run, 167.65)])

    def test_all_of_the_cash_leaves_room_for_what_the_platform_reserves(self):
        run = started(Scripted(bar=lambda one: one.target_percent(1.0)))
        self.assertEqual([980], [one.quantity for one in fed(run, 100.0)])

    def test_a_target_counts_what_is_held_and_what_open_orders_will_bring(self):
        run = started(Scripted(bar=lambda one: one.target(100)), held=30.0)
        run.on_update(50_000.0, Position(30.0, 100.0), OrderUpdate("a", "SPY", "BUY", "new", 50.0, 0.0, None, None), None, 0)
        self.assertEqual([("BUY", 20)], [(one.action, one.quantity) for one in fed(run, 100.0)])

    def test_closing_sells_exactly_what_is_held(self):
        run = started(Scripted(bar=lambda one: one.close()), held=0.123456789, is_crypto=True)
        self.assertEqual([("SELL", 0.123456789)], [(one.action, one.quantity) for one in fed(run, 100.0)])

    def test_no_helper_sells_more_than_is_held(self):
        run = started(Scripted(bar=lambda one: one.target(-5)), held=3.0)
        self.assertEqual([("SELL", 3)], [(one.action, one.quantity) for one in fed(run, 100.0)])

    def test_nothing_can_be_ordered_while_starting_or_stopping(self):
        with self.assertRaises(RuntimeError):
            started(Scripted(start=lambda one: one.buy(1)))
        with self.assertRaises(RuntimeError):
            started(Scripted(stop=lambda one: one.buy(1))).on_stop("user")

    def test_a_signal_built_by_hand_goes_out_when_it_is_returned(self):
        run = started(Scripted(bar=lambda one: Signal("SELL", 2, confidence=0.5, metadata={"rsi": 71})))
        (signal,) = fed(run, 100.0)
        self.assertEqual(("SELL", 2, '{"rsi":71}'), (signal.action, signal.quantity, signal.metadata_json))

    def test_something_else_than_a_signal_is_refused(self):
        with self.assertRaises(TypeError):
            fed(started(Scripted(bar=lambda one: "BUY")), 100.0)

    def test_the_oldest_bar_is_forgotten_at_a_thousand(self):
        run = started(Scripted())
        fed(run, *(float(i + 1) for i in range(2_500)))
        self.assertEqual((1_000, 2_500.0, 1_501.0), (len(run.default_feed.bars), run.default_feed.bars[0].close, run.default_feed.bars[999].close))
        self.assertEqual([2_499.0, 2_500.0], [bar.close for bar in run.default_feed.bars.last(2)])
        with self.assertRaises(IndexError):
            run.default_feed.bars[1_000]
        with self.assertRaises(IndexError):
            run.default_feed.bars[-1]


if __name__ == "__main__":
    unittest.main()
