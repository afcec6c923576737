"""What a page loads, in few requests: its scripts are one file, and its styles another.

They are written as many small files. A browser that asks for each of them, six at a time, is busy with that for
longer than with all else before the first line is on screen. So the server joins them, once, and sends them
compressed under an address that names their content, which browsers keep for good.
"""
