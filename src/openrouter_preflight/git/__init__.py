"""The only room that runs git: hardened processes, refs, history, index and listings. It knows only keys and errors."""
