"""The demonstration town, Port Merrin: invented, on a real stretch of coast south of Aberdeen, Scotland."""
