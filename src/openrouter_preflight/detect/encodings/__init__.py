"""Text that is one reversible step away from its bytes, each undone just where a needle says so.

Nothing here judges what a key is. Archives, which are files of their own, are `detect.archives`.
"""
