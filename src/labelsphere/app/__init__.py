"""Server for one tagger: an HTTP interface, and a page to tag, explore and teach labels."""
