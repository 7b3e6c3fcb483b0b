"""Write the marts of a folder of raw files, computed by the oracle."""

from __future__ import annotations

import argparse
from pathlib import Path

from oracle.building import build


def main() -> None:
    """Write every mart of a folder of raw files as `OUT_DIR/<schema>/<table>.parquet`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("out_dir", type=Path)
    parser.add_argument("--name", default="shop", help="name of the source")
    parser.add_argument("--timezone", default="UTC")
    parser.add_argument("--as-of")
    parser.add_argument("--currency")
    parser.add_argument("--salt", default="")
    options = parser.parse_args()
    source = {
        "name": options.name,
        "system": "files",
        "path": str(options.data_dir),
        "timezone": options.timezone,
    }
    marts = build([source], options.as_of, options.currency, options.salt)
    for mart, frame in marts.items():
        schema, table = mart.split(".")
        folder = options.out_dir / schema
        folder.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(folder / f"{table}.parquet")


if __name__ == "__main__":
    main()
