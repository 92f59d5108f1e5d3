"""Batch reviews asked for on a page or over the interface: taken in, queued, run beside the server, looked at.

Above office and batch, which do not know each other: rights, log and state of a job are the office's, its work is
`reviewer.batch`. `requests` is what people may do, `runner` works the queue off, `outcome` reads what came out.
"""
