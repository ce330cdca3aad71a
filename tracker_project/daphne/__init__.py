"""What daphne leaves out: bounds on what anybody may take of this process before it is known who it is.

Everything works without this package, as it does under other servers. docs/security.md has the bounds in numbers.
"""
