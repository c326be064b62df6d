"""The health of a key: facts collected, then held against pure rules."""
