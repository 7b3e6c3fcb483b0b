"""Patronage: the little Python around the dbt project that dbt itself cannot be."""
