"""Notifications: the only app that talks to people.

Owns: the outbox, its channels and deliveries, preferences, the sweep, and the home page (a person's duties and
inbox are one query, shown or sent). May import: actions, councils, governance.
"""
