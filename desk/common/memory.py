"""What a process does not need any more goes back to the system."""

import ctypes

M_MMAP_THRESHOLD = -3  # <malloc.h>
LARGE = 512 * 1024  # bytes


def give_back_what_is_large() -> None:
    """Each large piece of memory goes back as soon as it is freed.

    glibc raises by itself what it takes for large, up to the largest piece that was ever freed; then 40 MB that were
    needed once, to read a model or a picture, stay with the process below the little that was kept of them.
    """
    if set_option := getattr(ctypes.CDLL(None), "mallopt", None):  # which other systems do not have
        set_option(M_MMAP_THRESHOLD, LARGE)
