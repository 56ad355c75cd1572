"""Actions: promises, from what was heard to what was done.

Owns: feedback and its sources, themes, routing, responses; action items, promises, updates, blockers, evidence,
verifications; the executive review. May import: councils, governance.
"""
