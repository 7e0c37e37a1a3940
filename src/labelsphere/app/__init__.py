"""A server over one tagger: an HTTP interface, and a page to see, search and teach tags."""
