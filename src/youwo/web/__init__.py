"""The pages. Each domain has its own urls, views and forms here; the rules stay in the domains."""
