"""Pages of assets: the list, one asset, handing over, sheets to sign, and labels."""
