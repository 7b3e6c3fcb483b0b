"""Patronage: the little Python around the dbt project that dbt itself cannot be.

`patronage.build` is the command of that name as a function.
"""

from patronage.api import BuildFailed, BuildResult, build

__all__ = ["BuildFailed", "BuildResult", "build"]
