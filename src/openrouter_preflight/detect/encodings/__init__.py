"""Encodings one reversible step away, undone where a needle says so.

Nothing here judges what a key is. Archives, which are files of their own, are `detect.archives`.
"""
