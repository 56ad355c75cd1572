"""Councils: the rooms where decisions happen, and the books of what they may commit.

Owns: councils, memberships, meetings, attendance, agenda items, decisions, votes; envelopes, accounts, postings.
Offers: matters (what may stand on an agenda, and how a decision is carried out). May import: governance.
"""
