"""Taking feedback in from files.

``mapping`` says how a file's columns are read, ``reading`` opens files whatever their encoding, ``dates`` and ``rows``
turn cells into facts (all pure), and ``taking_in`` writes them in short transactions.
"""
