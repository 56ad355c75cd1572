"""Forms of pages of actions: they check shape; what is sensible is the services' to judge."""
