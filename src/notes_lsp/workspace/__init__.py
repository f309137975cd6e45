"""Disk and open buffers in, a current vault out. Every change to a note comes through one function."""
