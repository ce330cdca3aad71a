"""Reading files of features from outside, and writing them through ``tracker.incidents.bulk``."""
