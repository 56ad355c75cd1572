"""Sheets: rows of people, departments and seats, as a spreadsheet has them. Pure: no database, no clock.

``reading`` decodes files whatever their encoding, ``tables`` finds columns and cells in files and pasted text and
writes them back, ``judging`` holds what becomes of each row, ``showing`` puts that on a page; a module a kind says
which columns it has and judges its rows.
"""
