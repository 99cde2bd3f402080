"""Backups: the whole database in one file, and back. SQLite by its online backup, PostgreSQL by its own programs.

`backups` is the door for both; what refuses raises `BackupRefused`, and then nothing was changed.
"""
