"""Reading packs as they lie: what each version adds, searched once, instead of every version in full."""
