"""The report: one HTML file of charts and numbers, from YAML pages and the published file alone."""
