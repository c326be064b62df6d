"""The rotation of one key: a state machine whose journal is the account itself, so that it can die at any point."""
