"""Seeded bugs: for each rule that always holds a small wrong change of the program, and the test that has to notice.

``make seeded`` plants them one by one in a copy of the tree (``__main__``); the table is ``bugs``, and that it does not
rot is checked in the ordinary suite (``test_the_table``).
"""
