"""What the web server reads where it is started, whatever its command line says besides."""

logger_class = "config.access_log.KeylessLogger"
