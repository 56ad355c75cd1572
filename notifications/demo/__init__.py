"""The demo organisation: Harbourline Mutual, a motor and home insurer with a branch in Hong Kong.

``cast`` says who there is, ``voices`` what their customers say, ``work`` what was promised, ``script`` plays it all
through the services at past moments, with the sweep between, so that journal, ladders and inboxes read as if it had
been lived. It stands in this app because it needs all of them.
"""
