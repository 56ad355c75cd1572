"""Governance: who, by what mandate, toward what; and the kernel that everything else stands on.

Owns: subjects, audiences, duties, journal, calendars, access; people, departments, seats, tenures, executive
sponsors, champions, charters. Offers: ``access`` (may, require, visible_to), ``errors``, the registries and the
services that record what happened. May import: nothing of this project.
"""
