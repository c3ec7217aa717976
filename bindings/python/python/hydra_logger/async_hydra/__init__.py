"""The asynchronous logger. This version has none; the synchronous one can be used in a coroutine.

Its calls take some microseconds and, where they write to a local file, wait for nothing else.
"""
