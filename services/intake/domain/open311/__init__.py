"""GeoReport v2 in the words of intake: what is asked, what is posted, how far it came. Pure."""
