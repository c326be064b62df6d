"""The only room that runs git. It knows only keys and errors."""
