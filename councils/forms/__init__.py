"""Forms of the councils' pages: they check shape; what is sensible is the services' to judge."""
