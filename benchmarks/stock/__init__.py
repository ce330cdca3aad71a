"""The stock peer: a small Channels site of the pattern that the tutorials teach, on Tracker's accounts and sessions."""
