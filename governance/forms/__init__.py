"""Forms of governance's pages: they check shape; what is sensible is the services' to judge."""
