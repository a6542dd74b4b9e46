"""Parameters that a session can set."""

import unittest

from stratforge import Strategy, param
from stratforge.parameters import declared, values


class Base(Strategy):
    length = param(20, min=2, max=200)


class Derived(Base):
    width = param(2.0)
    eager = param(True)


class ParameterTests(unittest.TestCase):
    def test_parameters_come_in_the_order_they_are_written_bases_first(self):
        self.assertEqual(["length", "width", "eager"], list(declared(Derived)))

    def test_what_is_not_set_keeps_its_default(self):
        self.assertEqual({"length": 5, "width": 2.0, "eager": True}, values(declared(Derived), {"length": 5}))

    def test_a_whole_number_fits_where_a_fraction_is_wanted(self):
        self.assertEqual(3.0, values(declared(Derived), {"width": 3})["width"])

    def test_what_does_not_fit_is_refused(self):
        for wanted in ({"length": 1}, {"length": 201}, {"length": 2.5}, {"length": "5"}, {"length": True}, {"eager": 1}, {"unknown": 1}):
            with self.subTest(wanted), self.assertRaises(ValueError):
                values(declared(Derived), wanted)


if __name__ == "__main__":
    unittest.main()
