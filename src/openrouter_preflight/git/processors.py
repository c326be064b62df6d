"""The number of processes that are worth starting on this machine."""

from __future__ import annotations

import os

_MOST = 8
"""More than this wait for the disk and for each other."""


def processors(cgroup: str = "/sys/fs/cgroup", own_cgroup: str = "/proc/self/cgroup") -> int:
    """Return the processors of affinity mask and container, at most 8."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        allowed = os.cpu_count() or 1
    return max(1, min(allowed, _quota(cgroup, own_cgroup), _MOST))


def _quota(root: str, own: str) -> int:
    """Return the processors that control groups grant, rounded up."""
    least = float(_MOST)
    for path in _limits(root, own):
        try:
            with open(path, encoding="ascii") as file:
                words = file.read(100).split()
        except (OSError, ValueError):
            continue
        if len(words) == 2 and words[0].isdigit() and words[1].isdigit() and int(words[1]):  # `max` for no limit
            least = min(least, int(words[0]) / int(words[1]))
    return max(1, -int(-least // 1))


def _limits(root: str, own: str) -> list[str]:
    """The `cpu.max` of this process's group and of those around it (cgroup v2)."""
    try:
        with open(own, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read(64 * 1024).splitlines()
    except OSError:
        lines = []
    group = next((line[3:] for line in lines if line.startswith("0::")), "/").strip("/")
    paths = [os.path.join(root, "cpu.max")]
    while group:
        paths.append(os.path.join(root, group, "cpu.max"))
        group = group.rpartition("/")[0]
    return paths
