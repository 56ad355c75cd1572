"""Rules from journal entries to audiences: one module an app, filled in when the program starts."""
